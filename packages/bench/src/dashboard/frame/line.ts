import { cutAt, fit, printable, widthOf } from './cell-width.ts';

/** What a piece of text means; the screen turns it into a colour where there are colours. */
export type Tone = 'plain' | 'faint' | 'strong' | 'good' | 'warn' | 'bad' | 'accent' | 'chosen' | 'title';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** Pieces of one line, left to right. Its texts are printable. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: printable(text), tone };
}

/** A piece of exactly so many cells. */
export function cell(text: string, columns: number, tone: Tone = 'plain', align?: 'left' | 'right'): Span {
  return { text: fit(text, columns, align), tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + widthOf(text), 0);
}

/** The line in exactly `columns` cells: filled up with spaces, or cut with `…`. */
export function fitLine(line: Line, columns: number, fill: Tone = 'plain'): Line {
  const width = lineWidth(line);
  if (width === columns) return line;
  if (width < columns) return [...line, { text: ' '.repeat(columns - width), tone: fill }];
  const kept: Span[] = [];
  let left = columns;
  for (const piece of line) {
    const pieceWidth = widthOf(piece.text);
    // One cell is kept for the sign of the cut, unless this ends the line as well.
    if (pieceWidth < left) {
      kept.push(piece);
      left -= pieceWidth;
      continue;
    }
    if (left > 0) kept.push({ text: cutWithSign(piece.text, left), tone: piece.tone });
    break;
  }
  return kept;
}

function cutWithSign(text: string, columns: number): string {
  const cut = cutAt(text, columns - 1);
  return `${cut.text}…${' '.repeat(columns - 1 - cut.width)}`;
}

/** Left and right ends of one line; where both do not fit, the left one is cut. */
export function spread(left: Line, right: Line, columns: number): Line {
  const rightWidth = lineWidth(right);
  if (rightWidth + 1 >= columns) return fitLine(left, columns);
  return [...fitLine(left, columns - rightWidth - 1), { text: ' ', tone: 'plain' }, ...right];
}

/** Pieces with a gap between them. */
export function joined(pieces: readonly Line[], gap = '  '): Line {
  return pieces
    .filter((piece) => piece.length > 0)
    .flatMap((piece, index) => (index === 0 ? piece : [{ text: gap, tone: 'plain' as const }, ...piece]));
}

/** Long text in lines of at most so many cells, broken at spaces where there are any. */
export function wrap(text: string, columns: number, tone: Tone = 'plain'): readonly Line[] {
  if (columns <= 0) return [];
  const lines: Line[] = [];
  let rest = printable(text).trim();
  while (rest !== '') {
    const { text: head } = cutAt(rest, columns);
    // A wide character in a single column fits nowhere.
    if (head === '') break;
    const isWhole = head.length === rest.length || rest[head.length] === ' ';
    const space = isWhole ? -1 : head.lastIndexOf(' ');
    const taken = space > 0 ? head.slice(0, space) : head;
    lines.push([{ text: taken.trimEnd(), tone }]);
    rest = rest.slice(taken.length).trimStart();
  }
  return lines;
}
