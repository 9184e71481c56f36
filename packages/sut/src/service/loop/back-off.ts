/** Pauses after failures in a row, milliseconds. */
export interface BackOffFigures {
  readonly first: number;
  readonly longest: number;
}

/** Doubles from the first pause up to the longest. `failures` counts from 1. */
export function backOffMs(failures: number, { first, longest }: BackOffFigures): number {
  return Math.min(first * 2 ** (failures - 1), longest);
}
