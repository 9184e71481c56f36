import type { MetricValue } from './compared-metric.ts';

/** What a metric reads that has one value a run; empty when there is none. */
export function single(
  value: number | undefined,
  resolution: (value: number) => number,
): ReadonlyMap<string, MetricValue> {
  return value === undefined ? new Map() : new Map([['', { value, resolution: resolution(value) }]]);
}
