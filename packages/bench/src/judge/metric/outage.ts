import { duration } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { finerThanSlices } from './slice-check.ts';

export const outage: Metric = {
  name: 'outage',
  about: 'longest run of down slices',
  unit: duration,
  labels: {},
  isLive: false,
  read: (_labels, figures) => {
    const value = figures.longestOutageMs();
    return value === undefined ? unknown('no slice was measured') : measured(value);
  },
  tooFine: finerThanSlices,
};
