import type { Histogram } from 'hdr-histogram-js';

/**
 * What was recorded since it was last asked for, in the buckets of a HdrHistogram. The library reckons with logarithms
 * and powers for each value: of the driver's 24 µs a request, six histograms took one (`perf`, at 10,000/s). Here it is
 * a few bit operations, and the library gets the counts when somebody asks.
 */
export interface BucketCounts {
  /** A whole number from 0 to 2^32 − 1. */
  add(value: number): void;
  /** Adds all to a histogram with the same number of digits, bucket by bucket, and begins anew. */
  moveTo(histogram: Histogram): void;
}

/** Over every value. */
const NONE = Number.POSITIVE_INFINITY;

/** How many equal buckets there are at first: the power of two that is twice 10^digits or more. */
const SUB_BUCKET_BITS = { 2: 8, 3: 11 } as const;

export function createBucketCounts(digits: 2 | 3): BucketCounts {
  const bits = SUB_BUCKET_BITS[digits];
  const [size, half, clearBits] = [1 << bits, 1 << (bits - 1), 32 - bits];
  let counts = new Uint32Array(size);
  let isEmpty = true;
  let most = 0;
  /** Without 0, of which the library keeps no extreme either. */
  let least = NONE;

  /** Each further row of `half` buckets has twice the width of the one before. */
  const placeOf = (value: number): number => {
    const row = clearBits - Math.clz32(value);
    return row <= 0 ? value : row * half + (value >>> row);
  };
  const lowestOf = (place: number): number => {
    if (place < size) return place;
    const row = Math.floor(place / half) - 1;
    return (place - row * half) * 2 ** row;
  };
  const grow = (place: number): void => {
    const rows = Math.ceil((place + 1) / half);
    const grown = new Uint32Array(rows * half);
    grown.set(counts);
    counts = grown;
  };
  return {
    add: (value) => {
      const place = placeOf(value);
      if (place >= counts.length) grow(place);
      counts[place] = (counts[place] ?? 0) + 1;
      isEmpty = false;
      if (value > most) most = value;
      if (value < least && value > 0) least = value;
    },
    moveTo: (histogram) => {
      if (isEmpty) return;
      const [first, last] = [placeOf(Math.min(least, most)), placeOf(most)];
      for (let place = 0; place <= last; place += 1) {
        let count = counts[place] ?? 0;
        if (count === 0) continue;
        counts[place] = 0;
        // The library keeps the exact extremes beside its buckets; within one all values are the same to it.
        if (place === first && place < last) histogram.recordValueWithCount(least, count);
        else if (place < last) histogram.recordValueWithCount(lowestOf(place), count);
        else {
          if (place === first && least < most) {
            histogram.recordValueWithCount(least, 1);
            count -= 1;
          }
          histogram.recordValueWithCount(most, count);
        }
      }
      isEmpty = true;
      most = 0;
      least = NONE;
    },
  };
}
