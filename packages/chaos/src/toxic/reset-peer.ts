import { z } from 'zod';
import { amount, DELAY_MS_MAX, defineToxic, UNDELAYED_BYTES_MAX } from './toxic.ts';

const attributes = z.object({ timeout: amount(0, DELAY_MS_MAX, 'ms').default(0) });

/** Sends a TCP RST to both peers `timeout` ms after it met the connection; until then data passes. */
export const resetPeerToxic = defineToxic(attributes, ({ timeout }) => ({
  kind: 'connection',
  begin: ({ nowMs: beginMs }) => ({
    ending: { kind: 'reset', dueMs: beginMs + timeout },
    heldBytesMax: UNDELAYED_BYTES_MAX,
    data: (data, nowMs) => [{ data, dueMs: nowMs }],
    endDueMs: (nowMs) => nowMs,
    removal: 'release',
  }),
}));
