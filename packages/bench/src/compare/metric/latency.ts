import { share } from '@stormcart/core';
import type { RunFigures } from '../run/run-figures.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** HdrHistogram keeps three digits. */
const HISTOGRAM_RESOLUTION = 0.001;

type Quantile = keyof NonNullable<RunFigures['latencyMs']>;

function latency(
  name: Quantile,
  about: string,
  { minEffect, isUsual }: Pick<ComparedMetric, 'minEffect' | 'isUsual'>,
): ComparedMetric {
  return {
    name,
    about,
    scale: 'ratio',
    better: 'lower',
    minEffect,
    effectUnit: share,
    isUsual,
    read: ({ latencyMs }) =>
      single(latencyMs?.[name], (value) => Math.max(value * HISTOGRAM_RESOLUTION, 0.001)),
    format,
  };
}

/** One digit more than reports show: changes of a few per cent should be visible. */
function format(ms: number): string {
  if (ms < 1_000) return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  return `${(ms / 1_000).toFixed(2)} s`;
}

/**
 * The further out a quantile lies, the fewer requests decide it and the more runs a change of it takes to be seen: in
 * runs of 1,000 requests p99 scatters about four times as much as p50. Minimum effects follow.
 */
export const p50 = latency('p50', 'median latency', { minEffect: 0.05, isUsual: true });
export const p90 = latency('p90', '90th percentile of the latency', { minEffect: 0.1, isUsual: true });
export const p99 = latency('p99', '99th percentile of the latency', { minEffect: 0.2, isUsual: true });
/** One request decides it, so nothing but a catastrophe can be told from a few runs: shown on demand only. */
export const max = latency('max', 'longest latency', { minEffect: 0.5, isUsual: false });
