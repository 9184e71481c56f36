import { z } from 'zod';
import { amount, DELAY_MS_MAX, defineToxic, UNDELAYED_BYTES_MAX } from './toxic.ts';

const attributes = z.object({ delay: amount(0, DELAY_MS_MAX, 'ms').default(0) });

/** Passes data at once; the sender's end goes on `delay` ms after it came. */
export const slowCloseToxic = defineToxic(attributes, ({ delay }) => ({
  kind: 'connection',
  begin: () => ({
    heldBytesMax: UNDELAYED_BYTES_MAX,
    data: (data, nowMs) => [{ data, dueMs: nowMs }],
    endDueMs: (nowMs) => nowMs + delay,
    removal: 'release',
  }),
}));
