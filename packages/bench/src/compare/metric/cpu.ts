import { share } from '@stormcart/core';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** The kernel books CPU time in ticks of 10 ms over all processes of a run: far below a hundredth of any drill's. */
const TICK_RESOLUTION = 0.01;

export const cpu: ComparedMetric = {
  name: 'cpu',
  about: "the system's CPU time per request",
  scale: 'ratio',
  better: 'lower',
  minEffect: 0.05,
  effectUnit: share,
  isUsual: true,
  read: ({ cpuMsPerRequest }) => single(cpuMsPerRequest, (value) => value * TICK_RESOLUTION),
  format: (value) => `${value.toFixed(value < 10 ? 2 : 1)} ms`,
};
