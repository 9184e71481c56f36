import { systemCodeOf } from '@stormcart/core';
import { z } from 'zod';
import { type CallAnswer, ControlClient } from '../proxy/control-client.ts';
import type { Undo } from './undo.ts';

interface ToxicDetails {
  /** Of the proxy's control API. */
  readonly host: string;
  readonly port: number;
  readonly proxy: string;
  readonly toxic: string;
}

/** Takes one toxic off one proxy, of ours or of anybody's that speaks Toxiproxy's API. */
export const removeToxic: Undo<ToxicDetails> = {
  details: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    proxy: z.string().min(1),
    toxic: z.string().min(1),
  }),
  about: ({ host, port, proxy, toxic }) => `take the toxic ${toxic} off ${proxy} at ${host}:${port}`,
  revert: async (details, signal) => {
    await call('DELETE', details, signal);
  },
  isGone: async (details, signal) => (await call('GET', details, signal)) === 'absent',
};

/** Absent: there is no such toxic, no such proxy, or nobody at all. Toxics live in memory and end with their process. */
async function call(
  method: 'GET' | 'DELETE',
  { host, port, proxy, toxic }: ToxicDetails,
  signal: AbortSignal,
): Promise<'there' | 'absent'> {
  const client = new ControlClient({ host, port });
  const path = ['proxies', proxy, 'toxics', toxic];
  let answer: CallAnswer;
  try {
    answer = await client.call(method, path, { signal });
  } catch (error) {
    if (error instanceof Error && systemCodeOf(error.cause) === 'ECONNREFUSED') return 'absent';
    throw error;
  }
  if (answer.status === 404) return 'absent';
  client.check(answer, method, path);
  return 'there';
}
