import { z } from 'zod';
import { amount, DELAY_MS_MAX, defineToxic } from './toxic.ts';

/** With 100 ms of delay one connection still carries 10 MiB/s; a thousand of them hold at most 1 GiB. */
const HELD_BYTES_MAX = 1_048_576;

const attributes = z.object({
  latency: amount(0, DELAY_MS_MAX, 'ms').default(0),
  jitter: amount(0, DELAY_MS_MAX, 'ms').default(0),
});

/** Delays every chunk by `latency` ± `jitter` (uniform). Order is kept: an early one waits for those before it. */
export const latencyToxic = defineToxic(attributes, ({ latency, jitter }) => ({
  kind: 'connection',
  begin: ({ random }) => {
    const dueMs = (nowMs: number): number =>
      nowMs + Math.max(0, latency + (jitter === 0 ? 0 : jitter * (2 * random.next() - 1)));
    return {
      heldBytesMax: HELD_BYTES_MAX,
      data: (data, nowMs) => [{ data, dueMs: dueMs(nowMs) }],
      endDueMs: dueMs,
      removal: 'release',
    };
  },
}));
