import type { Glyphs } from './glyphs.ts';

/** One value per second; absent where there was nothing to measure. */
export type Values = readonly (number | undefined)[];

export interface Scale {
  readonly from: number;
  readonly to: number;
}

/**
 * The newest values at the right, one column each, in as many lines as asked for, the top one first. A value above the
 * scale's foot always shows, however small; what lies outside the scale is drawn at its end.
 */
export function sparkline(
  values: Values,
  scale: Scale,
  size: { readonly columns: number; readonly rows: number },
  glyphs: Glyphs,
): readonly string[] {
  const { columns, rows } = size;
  const shown = columns > 0 ? values.slice(-columns) : [];
  const steps = glyphs.bars.length - 1;
  const levels = shown.map((value) => levelOf(value, scale, steps * rows));
  return Array.from({ length: rows }, (_, row) => {
    const foot = (rows - 1 - row) * steps;
    const bars = levels.map((level) => glyphs.bars[Math.min(Math.max(level - foot, 0), steps)] ?? ' ');
    return ' '.repeat(Math.max(columns - shown.length, 0)) + bars.join('');
  });
}

function levelOf(value: number | undefined, { from, to }: Scale, steps: number): number {
  if (value === undefined || !Number.isFinite(value) || value <= from) return 0;
  if (to <= from) return steps;
  return Math.min(Math.max(Math.round(((value - from) / (to - from)) * steps), 1), steps);
}

export function largestOf(values: Values): number {
  let largest = 0;
  for (const value of values) if (value !== undefined && value > largest) largest = value;
  return largest;
}
