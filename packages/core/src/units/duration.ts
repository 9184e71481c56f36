import { formatWith, parseWith, type Unit } from './unit.ts';

const SUFFIXES = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Base: milliseconds. */
export const duration: Unit = {
  name: 'duration',
  example: '250ms, 15s, 2m or 1h',
  parse: (text) => parseWith({ ...SUFFIXES, µs: 0.001 }, text),
  format: (ms) => (ms === 0 ? '0s' : formatWith(SUFFIXES, ms)),
};
