import { createRandom } from '@stormcart/core';
import { plural } from '../report/format.ts';
import type { Difference } from './agreement.ts';
import { type Column, columnsOf, medianOf, missingCount, observationOf } from './column.ts';
import type { Comparison, MetricComparison } from './comparison.ts';
import type { JudgedMetric } from './metric/judged-metrics.ts';
import type { MeasuredRun } from './run/measured-run.ts';
import { censoringNotes, newlyViolated, summaryOf } from './side-summary.ts';
import { type Interval, simultaneousIntervals } from './statistic/simultaneous-intervals.ts';
import { type ComparisonVerdict, judgeAll, judgeChange } from './verdict.ts';

export interface CompareOptions {
  readonly base: readonly MeasuredRun[];
  readonly head: readonly MeasuredRun[];
  /** The i-th of base and of head were made one right after the other. */
  readonly isPaired: boolean;
  readonly metrics: readonly JudgedMetric[];
  /** That all intervals together hold the truth: 0.95. */
  readonly confidence: number;
  /** Of the whole, where this is one of several looks at growing data. */
  readonly reportedConfidence?: number;
  readonly seed: number;
  readonly resamples?: number;
  /** Shown, not judged. */
  readonly differences?: readonly Difference[];
  readonly notes?: readonly string[];
}

/**
 * Fewer runs a side, or pairs, tell nothing: of four, one resample in 64 is the same run four times, more than may
 * lie outside where several looks share 5 %, so that no interval would end anywhere.
 */
const SMALLEST_COUNT = 5;

const EXIT_CODES: Readonly<Record<ComparisonVerdict, number>> = {
  better: 0,
  same: 0,
  worse: 1,
  inconclusive: 3,
};

/**
 * Judges runs against runs. The unit is the run, or the pair: what was measured within one hangs together, so a run of
 * a thousand slices is one piece of evidence and not a thousand. Pure; the same runs and seed give the same answer.
 */
export function compareRuns(options: CompareOptions): Comparison {
  const kept = withoutSpoiled(options);
  const { base, head } = kept;
  const columns = options.metrics.flatMap((judged) => columnsOf(judged, base, head));
  const metrics = judgeColumns(columns, options, Math.min(base.length, head.length));
  const summaries = { base: summaryOf(options.base, base), head: summaryOf(options.head, head) };
  const violations = newlyViolated(summaries);
  const verdict = violations.length > 0 ? 'worse' : judgeAll(metrics.map((metric) => metric.verdict));
  return {
    format: 'stormcart-comparison',
    version: 1,
    verdict,
    exitCode: EXIT_CODES[verdict],
    reasons: [...violations, ...reasonsOf(metrics)],
    design: options.isPaired
      ? { kind: 'paired', pairCount: base.length }
      : { kind: 'unpaired', baseCount: base.length, headCount: head.length },
    confidence: options.reportedConfidence ?? options.confidence,
    metrics,
    ...summaries,
    differences: options.differences ?? [],
    notes: [...(options.notes ?? []), ...censoringNotes(kept)],
  };
}

type Sides = Pick<CompareOptions, 'base' | 'head'>;

/** Without runs whose figures are not believed; of a pair the other goes too. */
function withoutSpoiled({ base, head, isPaired }: CompareOptions): Sides {
  if (!isPaired) return { base: base.filter(isGood), head: head.filter(isGood) };
  const isPairGood = (_: MeasuredRun, place: number): boolean => isGood(base[place]) && isGood(head[place]);
  return { base: base.filter(isPairGood), head: head.filter(isPairGood) };
}

function isGood(run: MeasuredRun | undefined): boolean {
  return run?.spoiledBy === undefined;
}

function judgeColumns(
  columns: readonly Column[],
  options: CompareOptions,
  count: number,
): readonly MetricComparison[] {
  const tellable = count < SMALLEST_COUNT ? [] : columns.filter((column) => missingCount(column) === 0);
  const intervals = simultaneousIntervals(
    tellable.map((column) => observationOf(column, options.isPaired)),
    {
      confidence: options.confidence,
      random: createRandom(options.seed).fork('compare'),
      ...(options.resamples === undefined ? {} : { resamples: options.resamples }),
    },
  );
  return columns.map((column) => judgeColumn(column, intervals[tellable.indexOf(column)], count));
}

function judgeColumn(column: Column, interval: Interval | undefined, count: number): MetricComparison {
  const { name, metric, minEffect } = column;
  const { scale, better } = metric;
  const [base, head] = [medianOf(column.base), medianOf(column.head)];
  const common = {
    name,
    scale,
    better,
    minEffect,
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
  };
  if (interval === undefined) return { ...common, verdict: 'inconclusive', reason: whyUntold(column, count) };
  const isRatio = scale === 'ratio';
  const verdict = judgeChange(interval, isRatio ? Math.log1p(minEffect) : minEffect, better);
  const readable = (value: number): number => (isRatio ? Math.expm1(value) : value);
  const { center, low, high } = interval;
  return {
    ...common,
    // Too few runs for this many looks and metrics: the interval is the whole line, which JSON cannot say.
    ...(Number.isFinite(high - low)
      ? { change: { center: readable(center), low: readable(low), high: readable(high) } }
      : {}),
    verdict,
    ...(verdict === 'inconclusive' ? { reason: 'the interval is too wide to tell' } : {}),
  };
}

function whyUntold(column: Column, count: number): string {
  if (count < SMALLEST_COUNT) {
    return `${plural(count, 'run')} a side; ${SMALLEST_COUNT} are the least that tell anything`;
  }
  return `not measured in ${plural(missingCount(column), 'run')}`;
}

/** Those that decided first, then those that could not be told. */
function reasonsOf(metrics: readonly MetricComparison[]): readonly string[] {
  const told = (['worse', 'inconclusive', 'better'] as const).flatMap((wanted) =>
    metrics.filter(({ verdict }) => verdict === wanted),
  );
  return told.map(
    ({ name, verdict, reason }) => `${name} is ${verdict}${reason === undefined ? '' : `: ${reason}`}`,
  );
}
