import type { Random } from '@stormcart/core';
import { z } from 'zod';
import { amount, DELAY_MS_MAX, type Delivery, defineToxic, wholeAmount } from './toxic.ts';

/** One read's worth: pieces wait for their turn here. */
const HELD_BYTES_MAX = 65_536;
/** A read brings at most 64 KiB: what is larger slices nothing. */
const SIZE_MAX = 1_048_576;
const MICROSECONDS_PER_MS = 1_000;

const attributes = z
  .object({
    average_size: wholeAmount(1, SIZE_MAX, 'bytes'),
    size_variation: wholeAmount(0, SIZE_MAX, 'bytes').default(0),
    delay: amount(0, DELAY_MS_MAX * MICROSECONDS_PER_MS, 'µs').default(0),
  })
  .refine(({ average_size, size_variation }) => size_variation < average_size, {
    path: ['size_variation'],
    error: 'accepted is a whole number from 0 to below average_size (bytes)',
  });

/**
 * Passes data in pieces of `average_size` ± `size_variation` bytes (uniform), each written by itself, `delay` µs
 * apart. The last piece of what was sent at once is what is left over.
 */
export const slicerToxic = defineToxic(attributes, ({ average_size, size_variation, delay }) => {
  const delayMs = delay / MICROSECONDS_PER_MS;
  return {
    kind: 'connection',
    begin: ({ nowMs: beginMs, random }) => {
      let freeMs = beginMs;
      return { heldBytesMax: HELD_BYTES_MAX, data: slice, endDueMs: (nowMs) => nowMs, removal: 'release' };

      // Chunks are drawn from one after the other, so the turn of the next piece may be kept here.
      function* slice(chunk: Buffer, nowMs: number): Iterable<Delivery> {
        for (let start = 0; start < chunk.length; ) {
          const data = chunk.subarray(start, start + drawSize(random));
          start += data.length;
          const dueMs = Math.max(freeMs, nowMs);
          freeMs = dueMs + delayMs;
          yield { data, dueMs };
        }
      }
    },
  };

  function drawSize(random: Random): number {
    return size_variation === 0
      ? average_size
      : random.integer(average_size - size_variation, average_size + size_variation);
  }
});
