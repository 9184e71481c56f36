import { formatWith, parseWith, type Unit } from './unit.ts';

const SUFFIXES = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

/** Base: bytes. Decimal suffixes (kB, MB) are read too, since bandwidths are given in them. */
export const bytes: Unit = {
  name: 'size',
  example: '512B, 64KiB or 16MiB',
  parse: (text) => parseWith({ ...SUFFIXES, kB: 1_000, KB: 1_000, MB: 1_000_000, GB: 1_000_000_000 }, text),
  format: (count) => formatWith(SUFFIXES, count),
};
