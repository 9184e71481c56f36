import type { ComparedMetric } from './metric/compared-metric.ts';
import type { Interval } from './statistic/simultaneous-intervals.ts';

/** What became of a metric, or of everything, from base to head. */
export type ComparisonVerdict = 'better' | 'same' | 'worse' | 'inconclusive';

/**
 * The whole interval decides, never its middle: worse or better when it lies beyond the minimum effect, same when it
 * lies within. A wrong verdict then needs an interval that misses the truth, whatever the truth is, and the chance of
 * that is what the confidence bounds. (criterion.rs judges benchmarks by the same rule.)
 */
export function judgeChange(
  { low, high }: Pick<Interval, 'low' | 'high'>,
  effect: number,
  better: ComparedMetric['better'],
): ComparisonVerdict {
  if (low > effect) return better === 'lower' ? 'worse' : 'better';
  if (high < -effect) return better === 'lower' ? 'better' : 'worse';
  return low >= -effect && high <= effect ? 'same' : 'inconclusive';
}

/**
 * One answer for all metrics: worse where one is, whatever the others are. Better and same need every metric to be
 * told: what is not told may be worse.
 */
export function judgeAll(verdicts: readonly ComparisonVerdict[]): ComparisonVerdict {
  if (verdicts.includes('worse')) return 'worse';
  if (verdicts.length === 0 || verdicts.includes('inconclusive')) return 'inconclusive';
  return verdicts.includes('better') ? 'better' : 'same';
}
