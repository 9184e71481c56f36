import { share } from '@stormcart/core';
import { formatShare } from '../../report/format.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** Half a point is five errors in a thousand requests: a tenth of what makes a slice go down. */
export const success: ComparedMetric = {
  name: 'success',
  about: 'expected answers in time / planned requests',
  scale: 'difference',
  better: 'higher',
  minEffect: 0.005,
  effectUnit: share,
  isUsual: true,
  read: ({ okCount, plannedCount }) =>
    single(plannedCount === 0 ? undefined : okCount / plannedCount, () => 1 / plannedCount),
  format: formatShare,
};
