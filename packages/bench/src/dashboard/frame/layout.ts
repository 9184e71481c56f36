/** Below this nothing can be read; the brief is 80×24, and a split of it may lose some. */
export const LEAST_COLUMNS = 60;
export const LEAST_ROWS = 18;

/** From here on two tables stand side by side. */
const WIDE_COLUMNS = 150;

export interface Wish {
  /** Lines that it must have, its title included. */
  readonly least: number;
  /** Lines that show all of it. */
  readonly wanted: number;
  /** Served before others, up to what it wants. */
  readonly isFirst?: boolean;
}

export function isWide(columns: number): boolean {
  return columns >= WIDE_COLUMNS;
}

/**
 * Shares lines out: to everyone the least in order, then to the first in need all it wants, then to the others in
 * turn, and what nobody wants to the last. The sum is always the total.
 */
export function shareOut(total: number, wishes: readonly Wish[]): readonly number[] {
  let left = Math.max(total, 0);
  const given = wishes.map(({ least }) => {
    const lines = Math.min(least, left);
    left -= lines;
    return lines;
  });
  const give = (index: number, lines: number): void => {
    given[index] = (given[index] ?? 0) + lines;
    left -= lines;
  };
  for (const [index, { wanted, isFirst }] of wishes.entries()) {
    if (isFirst === true) give(index, Math.max(Math.min(wanted - (given[index] ?? 0), left), 0));
  }
  // In turn, a line each, so that none waits for another to be full.
  const hungry = (index: number): number => (wishes[index]?.wanted ?? 0) - (given[index] ?? 0);
  const most = Math.max(...wishes.map((_, index) => hungry(index)));
  for (let round = 0; round < Math.min(most, total); round += 1) {
    for (const index of wishes.keys()) if (left > 0 && hungry(index) > 0) give(index, 1);
  }
  if (given.length > 0) give(given.length - 1, left);
  return given;
}

/** Lines per sparkline: taller ones where there is room for them. */
export function sparkRows(rows: number): number {
  if (rows >= 56) return 3;
  return rows >= 38 ? 2 : 1;
}
