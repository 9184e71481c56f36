import { duration } from '@stormcart/core';
import { type Metric, measured, unknown } from './metric.ts';
import { finerThanSlices } from './slice-check.ts';

/**
 * Counts from the fault's end unless `from=start`: what an operator waits for once the cause is gone.
 * A fault that never took the system down, or that it got over while the fault was still on, gives 0.
 */
export const recovery: Metric = {
  name: 'recovery',
  about: "time until three good slices in a row, from the fault's end (from=start: from its start)",
  unit: duration,
  labels: {
    fault: { kind: 'name', of: 'fault', isRequired: true },
    from: { kind: 'choice', accepted: ['end', 'start'] },
  },
  isLive: false,
  neverText: 'not before the load ended',
  read: ({ fault, from }, figures) => {
    const times = typeof fault === 'string' ? figures.recoveryMs(fault) : undefined;
    if (times === undefined) return unknown(`nothing was measured around the fault ${String(fault)}`);
    const value = from === 'start' ? times.fromStartMs : times.fromEndMs;
    return measured(value ?? Number.POSITIVE_INFINITY);
  },
  tooFine: finerThanSlices,
};
