import { z } from 'zod';
import { amount, DELAY_MS_MAX, defineToxic } from './toxic.ts';

const attributes = z.object({ timeout: amount(0, DELAY_MS_MAX, 'ms').default(0) });

/**
 * Silence: what is sent is dropped, ends and resets included. After `timeout` ms the connection is
 * closed, with 0 only when the toxic is removed: bytes are missing from the stream by then.
 */
export const timeoutToxic = defineToxic(attributes, ({ timeout }) => ({
  kind: 'connection',
  begin: ({ nowMs }) => ({
    ...(timeout === 0 ? {} : { ending: { kind: 'close', dueMs: nowMs + timeout } }),
    // Nothing is ever held.
    heldBytesMax: 1,
    data: () => [],
    endDueMs: () => undefined,
    removal: 'close',
  }),
}));
