import type { Quantiles } from './report.ts';

/** The quantiles that reports show; undefined without samples. */
export function readQuantiles(read: (quantile: number | 'max') => number | undefined): Quantiles | undefined {
  const [p50Ms, p90Ms, p99Ms, maxMs] = [read(0.5), read(0.9), read(0.99), read('max')];
  if (p50Ms === undefined || p90Ms === undefined || p99Ms === undefined || maxMs === undefined)
    return undefined;
  return { p50Ms, p90Ms, p99Ms, maxMs };
}
