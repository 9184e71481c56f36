import { z } from 'zod';
import { defineToxic, UNDELAYED_BYTES_MAX, wholeAmount } from './toxic.ts';

/** A pebibyte: beyond anything that one connection carries, and still a whole number in JSON. */
const BYTES_MAX = 1_125_899_906_842_624;

const attributes = z.object({ bytes: wholeAmount(0, BYTES_MAX, 'bytes').default(0) });

/** Lets exactly `bytes` pass, then closes the connection. With 0 it is closed when the first byte comes. */
export const limitDataToxic = defineToxic(attributes, ({ bytes }) => ({
  kind: 'connection',
  begin: ({ passedBytes }) => {
    let leftBytes = Math.max(0, bytes - passedBytes);
    let isSpent = false;
    return {
      heldBytesMax: UNDELAYED_BYTES_MAX,
      data: (chunk, nowMs) => {
        const data = chunk.subarray(0, leftBytes);
        leftBytes -= data.length;
        isSpent = leftBytes === 0;
        return data.length === 0 ? [] : [{ data, dueMs: nowMs }];
      },
      endDueMs: (nowMs) => nowMs,
      isSpent: () => isSpent,
      removal: 'release',
    };
  },
}));
