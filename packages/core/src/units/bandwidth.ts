import { formatWith, parseWith, type Unit } from './unit.ts';

const SUFFIXES = { 'B/s': 1, 'KiB/s': 1_024, 'MiB/s': 1_048_576 } as const;

/** Base: bytes per second. */
export const bandwidth: Unit = {
  name: 'bandwidth',
  example: '64KiB/s or 10kB/s',
  parse: (text) => parseWith({ ...SUFFIXES, 'kB/s': 1_000, 'KB/s': 1_000, 'MB/s': 1_000_000 }, text),
  format: (bytesPerSecond) => formatWith(SUFFIXES, bytesPerSecond),
};
