import { share } from '@stormcart/core';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** Under an open loop this falls only where answers fail; what a system could carry is `stormcart capacity`'s to say. */
export const throughput: ComparedMetric = {
  name: 'throughput',
  about: 'expected answers in time, per second',
  scale: 'ratio',
  better: 'higher',
  minEffect: 0.05,
  effectUnit: share,
  isUsual: true,
  read: ({ okCount, measuredMs }) =>
    single(
      okCount === 0 || measuredMs === 0 ? undefined : (okCount / measuredMs) * 1_000,
      (value) => value / okCount,
    ),
  format: (value) => `${value.toFixed(value < 100 ? 1 : 0)}/s`,
};
