import { formatWith, parseWith, type Unit } from './unit.ts';

const SUFFIXES = { '/h': 1 / 3_600, '/m': 1 / 60, '/s': 1 } as const;

/** Base: events per second. */
export const rate: Unit = {
  name: 'rate',
  example: '40/s or 600/m',
  parse: (text) => parseWith(SUFFIXES, text),
  format: (perSecond) =>
    perSecond >= 1 || perSecond === 0 ? `${perSecond}/s` : formatWith(SUFFIXES, perSecond),
};
