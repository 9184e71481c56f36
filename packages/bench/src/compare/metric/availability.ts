import { share } from '@stormcart/core';
import { formatShare } from '../../report/format.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { single } from './single.ts';

/** A point is two slices of 200 ms in 40 s. */
export const availability: ComparedMetric = {
  name: 'availability',
  about: '1 − downtime / measured time',
  scale: 'difference',
  better: 'higher',
  minEffect: 0.01,
  effectUnit: share,
  isUsual: true,
  read: ({ availability: measured, measuredMs }) =>
    single(measured?.fraction, () => (measured === undefined ? 0 : measured.sliceMs / measuredMs)),
  format: formatShare,
};
