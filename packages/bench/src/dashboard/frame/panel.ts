import type { Glyphs } from './glyphs.ts';
import { fitLine, type Line, span } from './line.ts';

/** A part of the screen: lines of its width, as many as its height. */
export type Block = readonly Line[];

export interface PanelOptions {
  readonly title: string;
  /** At the right end of the title's rule. */
  readonly note?: string;
  readonly isFocused?: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** A title's rule, and below it as many of the lines as fit. */
export function panel(options: PanelOptions, lines: readonly Line[]): Block {
  if (options.rows <= 0) return [];
  return fill([titleRule(options), ...lines], options.columns, options.rows);
}

function titleRule({ title, note, isFocused = false, columns, glyphs }: PanelOptions): Line {
  const head = isFocused ? `${glyphs.focus} ${title} ` : `${glyphs.rule} ${title} `;
  const tail = note === undefined ? '' : ` ${note} `;
  const rule = glyphs.rule.repeat(Math.max(columns - Array.from(head).length - Array.from(tail).length, 0));
  return [
    span(head, isFocused ? 'title' : 'strong'),
    span(rule, 'faint'),
    ...(tail === '' ? [] : [span(tail, 'faint')]),
  ];
}

/** Exactly so many lines of exactly so many cells. */
export function fill(lines: readonly Line[], columns: number, rows: number): Block {
  return Array.from({ length: Math.max(rows, 0) }, (_, row) => fitLine(lines[row] ?? [], columns));
}

/** Blocks of one height, side by side, with a blank column between them. */
export function beside(left: Block, right: Block): Block {
  return left.map((line, row) => [...line, { text: ' ', tone: 'plain' as const }, ...(right[row] ?? [])]);
}

/** The part of a list that shows its chosen line: which line comes first. */
export function firstShown(index: number, count: number, rows: number): number {
  if (count <= rows) return 0;
  const centred = index - Math.floor(rows / 2);
  return Math.min(Math.max(centred, 0), count - rows);
}

/** `3–9 of 12`, or nothing when all of it is shown. */
export function shownNote(first: number, shown: number, count: number): string {
  return shown >= count ? `${count}` : `${first + 1}-${first + shown} of ${count}`;
}
