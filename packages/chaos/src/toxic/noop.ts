import { z } from 'zod';
import { defineToxic, UNDELAYED_BYTES_MAX } from './toxic.ts';

/** Changes nothing and counts what passes. */
export const noopToxic = defineToxic(z.object({}), () => ({
  kind: 'connection',
  begin: () => ({
    heldBytesMax: UNDELAYED_BYTES_MAX,
    data: (data, nowMs) => [{ data, dueMs: nowMs }],
    endDueMs: (nowMs) => nowMs,
    removal: 'release',
  }),
}));
