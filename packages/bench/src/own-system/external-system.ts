import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import {
  AppError,
  acceptsConnections,
  type BootContext,
  type CertificateAuthority,
  linkOf,
  messageOf,
  pollUntil,
  type SystemUnderTest,
} from '@stormcart/core';
import type { External } from '../scenario/format/external.ts';
import { completeSystem } from './complete-system.ts';

/** The system was started by somebody else; what is left is to wait until its links lead somewhere again. */
const READY_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;
const ASK_TIMEOUT_MS = 2_000;

/**
 * A system that runs already. Its links lead through fault proxies at the addresses that it was told to connect to; its
 * processes are not ours, so none can be broken.
 */
export function externalSystem(
  external: External,
  certificateAuthority?: CertificateAuthority,
): SystemUnderTest {
  const links = Object.entries(external.links).map(([name, { listen, upstream, protocol }]) => {
    const [from = '', to = ''] = name.split('->');
    return { link: { ...linkOf(from, to), protocol }, listen, upstream };
  });
  return completeSystem({
    name: 'external system',
    options: { topologies: ['external'] },
    describe: () => ({ links: links.map(({ link }) => link), journeys: [] }),
    boot: async (_config, context) => {
      for (const { link, upstream, listen } of links) await interpose(context, link, upstream, listen);
      const startedMs = performance.now();
      await untilReady(external, context.signal);
      context.progress('entry ready', performance.now() - startedMs);
      return {
        entryUrl: external.entry,
        journeys: [],
        ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
      };
    },
  });
}

async function interpose(
  context: BootContext,
  ...[link, upstream, listen]: Required<Parameters<BootContext['interpose']>>
): Promise<void> {
  try {
    await context.interpose(link, upstream, listen);
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new AppError({
      kind: 'environment',
      code: 'LINK_NOT_OPENED',
      message: `${link.name} cannot be led through ${listen.host}:${listen.port}: ${messageOf(cause)}`,
      hint: `Is another drill running, or something else on that port? \`ss -ltnp 'sport = :${listen.port}'\` shows it.`,
      cause,
    });
  }
}

async function untilReady({ entry, ready }: External, signal: AbortSignal): Promise<void> {
  const url = new URL(ready ?? '/', entry);
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const isReady = ready === undefined ? () => acceptsConnections(host, port) : () => answersRight(url);
  try {
    await pollUntil(isReady, {
      everyMs: ASK_EVERY_MS,
      signal: AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    const what =
      ready === undefined ? 'accepts no connections' : `does not answer 2xx or 3xx to GET ${ready}`;
    throw new AppError({
      kind: 'environment',
      code: 'ENTRY_NOT_READY',
      message: `${entry} ${what}, ${READY_WITHIN_MS / 1_000} s after the drill began`,
      hint: 'An external system must run already; Stormcart starts nothing of it.',
      cause,
    });
  }
}

/** Any certificate will do: what is asked is whether somebody is there. */
function answersRight(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = url.protocol === 'https:' ? getSecurely : get;
    const asked = ask(url, { agent: false, timeout: ASK_TIMEOUT_MS, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      resolve(statusCode >= 200 && statusCode < 400);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
  });
}
