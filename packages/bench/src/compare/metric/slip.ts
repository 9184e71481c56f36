import { share } from '@stormcart/core';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** The generator's clock tells microseconds, its histogram three digits. */
const RESOLUTION = 0.001;

/**
 * How late the generator itself sends: no figure of the system's, so it is shown on demand only. For whoever asks
 * whether something beside the load disturbs it. Half as much again is what it varies by from run to run.
 */
export const slip: ComparedMetric = {
  name: 'slip',
  about: "99th percentile of the generator's lateness",
  scale: 'ratio',
  better: 'lower',
  minEffect: 0.5,
  effectUnit: share,
  isUsual: false,
  read: ({ slipMsP99 }) => single(slipMsP99, (value) => Math.max(value * RESOLUTION, RESOLUTION)),
  format: (ms) => `${ms.toFixed(2)} ms`,
};
