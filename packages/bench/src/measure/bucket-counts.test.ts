import { createRandom } from '@stormcart/core';
import { build } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { createBucketCounts } from './bucket-counts.ts';

const US_MAX = 3_600_000_000;

/** Everything that a histogram keeps, but for the order of its fields. */
function contentsOf(histogram: ReturnType<typeof build>) {
  const { maxValue, totalCount, minNonZeroValue } = histogram;
  const quantiles = [0, 10, 50, 90, 99, 99.9, 100].map((each) => histogram.getValueAtPercentile(each));
  return { maxValue, totalCount, minNonZeroValue, quantiles, all: histogram.outputPercentileDistribution() };
}

function histogramOf(digits: 2 | 3) {
  return build({ autoResize: true, highestTrackableValue: 2, numberOfSignificantValueDigits: digits });
}

it.each([2, 3] as const)('counts in the same buckets as the library, with %i digits', (digits) => {
  const random = createRandom(`buckets/${digits}`);
  for (let turn = 0; turn < 60; turn += 1) {
    const [ours, theirs, counts] = [histogramOf(digits), histogramOf(digits), createBucketCounts(digits)];
    const top = 2 ** (random.next() * 31.7);
    for (let count = 0; count < 300; count += 1) {
      const value = Math.min(Math.floor(random.next() * top), US_MAX);
      counts.add(value);
      theirs.recordValue(value);
      // Somebody looks on now and then.
      if (random.next() < 0.02) counts.moveTo(ours);
    }
    counts.moveTo(ours);
    expect(contentsOf(ours)).toEqual(contentsOf(theirs));
  }
});

it('counts right at the edges of the rows', () => {
  const [ours, theirs, counts] = [histogramOf(3), histogramOf(3), createBucketCounts(3)];
  const edges = Array.from({ length: 31 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1]).flat();
  for (const value of [...edges, US_MAX, 2_147_483_648, US_MAX - 1]) {
    counts.add(value);
    theirs.recordValue(value);
  }
  counts.moveTo(ours);
  expect(contentsOf(ours)).toEqual(contentsOf(theirs));
});

it('gives each value once', () => {
  const [histogram, counts] = [histogramOf(3), createBucketCounts(3)];
  counts.add(7);
  counts.moveTo(histogram);
  counts.moveTo(histogram);
  expect(histogram.totalCount).toBe(1);
});
