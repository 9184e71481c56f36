import { build, type Histogram } from 'hdr-histogram-js';
import { createBucketCounts } from './bucket-counts.ts';

/** Beyond an hour nothing here waits. */
const US_MAX = 3_600_000_000;

/** Latencies in bounded memory (HdrHistogram): 16 KiB, growing to 180 KiB at an hour. */
export interface LatencyHistogram {
  record(ms: number): void;
  add(other: Pick<LatencyHistogram, 'raw' | 'maxMs' | 'sumMs'>): void;
  reset(): void;
  readonly count: number;
  readonly raw: Histogram;
  /** A quantile is a fraction: 0.99. `max` and `mean` are exact. Undefined when empty. */
  valueMs(quantile: number | 'max' | 'mean'): number | undefined;
  /** For merging. */
  readonly maxMs: number;
  readonly sumMs: number;
}

/** `digits`: significant digits of µs. With three, as anything that is judged has, the error is at most 0.1 %. */
export function createLatencyHistogram(digits: 2 | 3 = 3): LatencyHistogram {
  const histogram = build({
    autoResize: true,
    highestTrackableValue: 2,
    numberOfSignificantValueDigits: digits,
  });
  const fresh = createBucketCounts(digits);
  let maxMs = 0;
  let sumMs = 0;
  /** The library's histogram with all that was recorded. */
  const whole = (): Histogram => {
    fresh.moveTo(histogram);
    return histogram;
  };
  return {
    get raw() {
      return whole();
    },
    get count() {
      return whole().totalCount;
    },
    get maxMs() {
      return maxMs;
    },
    get sumMs() {
      return sumMs;
    },
    record: (ms) => {
      const kept = Math.max(ms, 0);
      fresh.add(Math.min(Math.round(kept * 1_000), US_MAX));
      if (kept > maxMs) maxMs = kept;
      sumMs += kept;
    },
    add: (other) => {
      histogram.add(other.raw);
      maxMs = Math.max(maxMs, other.maxMs);
      sumMs += other.sumMs;
    },
    reset: () => {
      whole().reset();
      maxMs = 0;
      sumMs = 0;
    },
    valueMs: (quantile) => {
      const { totalCount } = whole();
      if (totalCount === 0) return undefined;
      if (quantile === 'max') return maxMs;
      if (quantile === 'mean') return sumMs / totalCount;
      // The histogram answers with the upper end of a bucket, which may lie above what was ever seen.
      return Math.min(histogram.getValueAtPercentile(quantile * 100) / 1_000, maxMs);
    },
  };
}
