import type { Random } from '@stormcart/core';
import { z } from 'zod';
import { amount, defineToxic, UNDELAYED_BYTES_MAX } from './toxic.ts';

const attributes = z.object({
  /** Each byte is hit with this probability. */
  byte_share: amount(0, 1, 'share of the bytes').default(0.01),
});

/** Changes `byte_share` of the bytes, each to a value that it did not have. Not in Toxiproxy. */
export const corruptToxic = defineToxic(attributes, ({ byte_share }) => ({
  kind: 'connection',
  begin: ({ random }) => {
    let untilNext = drawGap(random, byte_share);
    return {
      heldBytesMax: UNDELAYED_BYTES_MAX,
      data: (chunk, nowMs) => {
        if (untilNext >= chunk.length) {
          untilNext -= chunk.length;
          return [{ data: chunk, dueMs: nowMs }];
        }
        const data = Buffer.from(chunk);
        while (untilNext < data.length) {
          // An exclusive or with 1 to 255 always changes the byte.
          data[untilNext] = (data[untilNext] ?? 0) ^ random.integer(1, 255);
          untilNext += 1 + drawGap(random, byte_share);
        }
        untilNext -= data.length;
        return [{ data, dueMs: nowMs }];
      },
      endDueMs: (nowMs) => nowMs,
      removal: 'release',
    };
  },
}));

/** How many bytes are spared before the next one is hit: geometric, so the work is per hit and not per byte. */
function drawGap(random: Random, share: number): number {
  if (share >= 1) return 0;
  if (share <= 0) return Number.POSITIVE_INFINITY;
  return Math.floor(Math.log1p(-random.next()) / Math.log1p(-share));
}
