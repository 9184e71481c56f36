import { systemCodeOf } from '@stormcart/core';
import { z } from 'zod';
import { type CallAnswer, ControlClient } from '../proxy/control-client.ts';
import type { Undo } from './undo.ts';

interface HttpFaultDetails {
  /** Of the proxy's control API. */
  readonly host: string;
  readonly port: number;
  readonly fault: string;
}

/** Ends one fault on HTTP, on every forwarder that it sits on. */
export const removeHttpFault: Undo<HttpFaultDetails> = {
  details: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    fault: z.string().min(1),
  }),
  about: ({ host, port, fault }) => `end the HTTP fault ${fault} at ${host}:${port}`,
  revert: async (details, signal) => {
    await call('DELETE', details, signal);
  },
  isGone: async (details, signal) => {
    const told = await call('GET', details, signal);
    // What has ended is still told, for its hits.
    return told === undefined || (told.body as { isActive?: boolean }).isActive === false;
  },
};

/** Undefined: there is no such fault, or nobody at all. Faults live in memory and end with their process. */
async function call(
  method: 'GET' | 'DELETE',
  { host, port, fault }: HttpFaultDetails,
  signal: AbortSignal,
): Promise<CallAnswer | undefined> {
  const client = new ControlClient({ host, port });
  const path = ['http-faults', fault];
  let answer: CallAnswer;
  try {
    answer = await client.call(method, path, { signal });
  } catch (error) {
    if (error instanceof Error && systemCodeOf(error.cause) === 'ECONNREFUSED') return undefined;
    throw error;
  }
  if (answer.status === 404) return undefined;
  client.check(answer, method, path);
  return answer;
}
