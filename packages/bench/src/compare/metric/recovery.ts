import { duration } from '@stormcart/core';
import { formatMs } from '../../report/format.ts';
import type { ComparedMetric, MetricValue } from './compared-metric.ts';

/** Where a run has no slices its recoveries are not told either; the usual slice then stands in. */
const USUAL_SLICE_MS = 200;

/** A second is five slices of the usual length; three in a row are needed to call a system recovered. */
export const recovery: ComparedMetric = {
  name: 'recovery',
  about: "time from a fault's end to the first of three good slices in a row; one row per fault",
  scale: 'difference',
  better: 'lower',
  minEffect: 1_000,
  effectUnit: duration,
  isUsual: true,
  read: ({ recoveries, availability }) =>
    new Map(
      recoveries.map(({ fault, toMs }): readonly [string, MetricValue] => [
        fault,
        { value: toMs, resolution: availability?.sliceMs ?? USUAL_SLICE_MS },
      ]),
    ),
  format: formatMs,
};
