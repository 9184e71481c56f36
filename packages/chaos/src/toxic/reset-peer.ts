import { z } from 'zod';
import { DELAY_MS_MAX, defineToxic } from './toxic.ts';

const attributes = z.strictObject({ timeout: z.number().min(0).max(DELAY_MS_MAX).default(0) });

/** Sends a TCP RST to both peers `timeout` ms after it met the connection; until then data passes. */
export const resetPeerToxic = defineToxic(attributes, ({ timeout }) => ({
  kind: 'connection',
  begin: ({ nowMs: beginMs }) => ({
    ending: { kind: 'reset', dueMs: beginMs + timeout },
    // Data goes on as soon as the receiver takes it; this much may wait for a slow one.
    heldBytesMax: 65_536,
    data: (data, nowMs) => [{ data, dueMs: nowMs }],
    endDueMs: (nowMs) => nowMs,
    removal: 'release',
  }),
}));
