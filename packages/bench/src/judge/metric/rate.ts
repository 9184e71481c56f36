import { rate as perSecond } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { filterOf, requestLabels } from './request-labels.ts';

export const rate: Metric = {
  name: 'rate',
  about: 'requests per second that got the expected answer in time',
  unit: perSecond,
  labels: requestLabels,
  isLive: false,
  takesWindow: true,
  read: (labels, figures) => {
    const filter = filterOf(labels);
    const measuredMs = figures.measuredMs(filter);
    if (measuredMs <= 0) return unknown('no time was measured');
    return measured((figures.count('ok', filter) * 1_000) / measuredMs);
  },
};
