import { share } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { filterOf, noRequests, requestLabels } from './request-labels.ts';

export const rejected = shareOf('rejected', 'share of planned requests that the system shed on purpose');

export const dropped = shareOf('dropped', 'share of planned requests never sent: too many were in flight');

function shareOf(outcome: 'rejected' | 'dropped', about: string): Metric {
  return {
    name: outcome,
    about,
    unit: share,
    max: 1,
    labels: requestLabels,
    isLive: true,
    takesWindow: true,
    read: (labels, figures) => {
      const filter = filterOf(labels);
      const planned = figures.count('planned', filter);
      if (planned === 0) return unknown(noRequests(filter));
      return measured(figures.count(outcome, filter) / planned);
    },
  };
}
