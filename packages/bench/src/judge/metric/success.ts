import { share } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { filterOf, noRequests, plannedText, requestLabels } from './request-labels.ts';

export const success: Metric = {
  name: 'success',
  about: 'share of planned requests with the expected answer in time',
  unit: share,
  max: 1,
  labels: requestLabels,
  isLive: true,
  takesWindow: true,
  read: (labels, figures) => {
    const filter = filterOf(labels);
    const planned = figures.count('planned', filter);
    return planned === 0 ? unknown(noRequests(filter)) : measured(figures.count('ok', filter) / planned);
  },
  tooFine: ({ limit, labels }, resolution) => {
    const expected = resolution.expectedCount(labels);
    if (limit >= 1 || expected * (1 - limit) >= 0.999_999) return undefined;
    return `${plannedText(expected)} planned for it, so one failure already misses it; write 100% or a lower share`;
  },
};
