import { countUnit } from './count-unit.ts';
import { type Metric, measured, unknown } from './metric.ts';

export const breaker: Metric = {
  name: 'breaker',
  about: 'how often a breaker opened, or with `refused` how many calls it refused',
  unit: countUnit,
  labels: {
    name: { kind: 'name', of: 'breaker', isRequired: true },
    opened: { kind: 'flag' },
    refused: { kind: 'flag' },
  },
  isLive: false,
  read: ({ name, refused }, figures) => {
    const seen = typeof name === 'string' ? figures.breaker(name) : undefined;
    if (seen === undefined) return unknown(`no process reported the breaker ${String(name)}`);
    return measured(refused === true ? seen.refusedCount : seen.openedCount);
  },
};
