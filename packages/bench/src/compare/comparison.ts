import type { Difference } from './agreement.ts';
import type { Scale } from './metric/compared-metric.ts';
import type { ComparisonVerdict } from './verdict.ts';

/** What `stormcart compare --json` prints: did it get worse? Plain data. */
export interface Comparison {
  readonly format: 'stormcart-comparison';
  readonly version: 1;
  readonly verdict: ComparisonVerdict;
  readonly exitCode: number;
  /** Why, the weightiest first. */
  readonly reasons: readonly string[];
  readonly design: ComparisonDesign;
  /** That all intervals together hold the truth, over all looks: 0.95. */
  readonly confidence: number;
  readonly metrics: readonly MetricComparison[];
  readonly base: SideSummary;
  readonly head: SideSummary;
  /** In what the runs differ besides the code; empty unless it was forced. */
  readonly differences: readonly Difference[];
  /** What a reader should know besides. */
  readonly notes: readonly string[];
}

export type ComparisonDesign =
  | { readonly kind: 'unpaired'; readonly baseCount: number; readonly headCount: number }
  | { readonly kind: 'paired'; readonly pairCount: number };

export interface MetricComparison {
  /** `p99`, `recovery{fault=hole}`. */
  readonly name: string;
  readonly scale: Scale;
  readonly better: 'lower' | 'higher';
  /** Medians over the runs, in the metric's unit: ms, a fraction, per second. Absent where it was not measured. */
  readonly base?: number;
  readonly head?: number;
  /** As fractions of base for ratios (0.1: 10 % more), else in the metric's unit. Absent without enough runs. */
  readonly change?: { readonly center: number; readonly low: number; readonly high: number };
  readonly minEffect: number;
  readonly verdict: ComparisonVerdict;
  /** Why it is inconclusive. */
  readonly reason?: string;
}

export interface SideSummary {
  readonly sources: readonly string[];
  /** Runs by what their own gates said: `{pass: 7, fail: 1}`; empty for loads. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Runs by violated invariant. */
  readonly violated: Readonly<Record<string, number>>;
  /** Left out, and why. */
  readonly spoiled: readonly { readonly source: string; readonly reason: string }[];
}
