import type { RequestOutcome } from '@stormcart/core';
import { countUnit } from './count-unit.ts';
import { type Metric, measured, unknown } from './metric.ts';
import { filterOf, noRequests, requestLabels } from './request-labels.ts';

type Countable = RequestOutcome | 'planned';

/** The compiler keeps this list complete: a new outcome without an entry does not type-check. */
const countable: Readonly<Record<Countable, true>> = {
  planned: true,
  ok: true,
  httpError: true,
  rejected: true,
  connectError: true,
  reset: true,
  truncated: true,
  timeout: true,
  dropped: true,
  unfinished: true,
};

export const count: Metric = {
  name: 'count',
  about: 'number of requests that ended this way',
  unit: countUnit,
  labels: {
    ...requestLabels,
    outcome: { kind: 'choice', accepted: Object.keys(countable), isRequired: true },
  },
  isLive: false,
  takesWindow: true,
  read: (labels, figures) => {
    const filter = filterOf(labels);
    const { outcome } = labels;
    if (!isCountable(outcome)) return unknown('it names no outcome');
    if (outcome !== 'planned' && figures.count('planned', filter) === 0) return unknown(noRequests(filter));
    return measured(figures.count(outcome, filter));
  },
};

function isCountable(outcome: string | true | undefined): outcome is Countable {
  return typeof outcome === 'string' && Object.hasOwn(countable, outcome);
}
