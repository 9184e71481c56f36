import { lookup } from 'node:dns/promises';
import { AppError, messageOf } from '@stormcart/core';

/** A resolver asks twice or three times, five seconds each, before it gives up. */
const LOOKUP_MS_MAX = 20_000;

/**
 * Asks once what address the URL's host has. A load on a name that nobody knows would count as many lost connections,
 * none of which says why. That nobody listens there is no error: that is what a load may be there to find out.
 * Throws UNKNOWN_HOST, or the signal's reason.
 */
export async function assertKnownHost({ hostname }: URL, signal: AbortSignal): Promise<void> {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LOOKUP_MS_MAX)]);
  const given = Promise.withResolvers<never>();
  const giveUp = (): void => given.reject(patience.reason);
  patience.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([lookup(host), given.promise]);
  } catch (cause) {
    signal.throwIfAborted();
    throw new AppError({
      kind: 'environment',
      code: 'UNKNOWN_HOST',
      message: `no address is known for ${host}: ${messageOf(cause)}`,
      hint: 'Check how it is spelled, and whether this machine can resolve names.',
      cause,
    });
  } finally {
    patience.removeEventListener('abort', giveUp);
  }
}
