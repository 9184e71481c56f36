import { duration, share } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';

export const availability: Metric = {
  name: 'availability',
  about: '1 − downtime / measured time, by slices',
  unit: share,
  max: 1,
  labels: {},
  isLive: false,
  read: (_labels, figures) => {
    const value = figures.availability();
    return value === undefined ? unknown('no slice was measured') : measured(value);
  },
  tooFine: ({ limit }, { sliceMs, measuredMs }) => {
    const step = sliceMs / measuredMs;
    if (limit >= 1 || 1 - limit >= step * 0.999_999) return undefined;
    return (
      `one slice of ${duration.format(sliceMs)} is already ${share.format(rounded(step))} of the measured ` +
      `${duration.format(measuredMs)}, so this asks for no slice down at all; write 100%, or make slices shorter or the load longer`
    );
  },
};

function rounded(step: number): number {
  return Number(step.toPrecision(2));
}
