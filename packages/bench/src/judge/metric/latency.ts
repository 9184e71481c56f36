import { duration } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { filterOf, noRequests, plannedText, requestLabels } from './request-labels.ts';

const quantiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, 'p99.9': 0.999 } as const;

/** Latencies count from the intended start. */
export const latencies: readonly Metric[] = [
  ...Object.entries(quantiles).map(([name, quantile]) =>
    latency(name, quantile, `latency that ${Number((quantile * 100).toFixed(1))}% of requests stay within`),
  ),
  latency('max', 'max', 'longest latency'),
  latency('mean', 'mean', 'mean latency'),
];

function latency(name: string, quantile: number | 'max' | 'mean', about: string): Metric {
  return {
    name,
    about: `${about}, from the intended start`,
    unit: duration,
    labels: requestLabels,
    isLive: false,
    takesWindow: true,
    read: (labels, figures) => {
      const filter = filterOf(labels);
      const value = figures.latencyMs(quantile, filter);
      return value === undefined ? unknown(noRequests(filter)) : measured(value);
    },
    tooFine: ({ labels, windowMs }, resolution) => {
      if (typeof quantile !== 'number') return undefined;
      const expected = resolution.expectedCount(labels);
      if (expected * (1 - quantile) >= 0.999_999) return undefined;
      return `${plannedText(expected)} planned for it, too few to tell ${name} from the slowest one; use max, or a longer ${windowMs === undefined ? 'load' : 'window'}`;
    },
  };
}
