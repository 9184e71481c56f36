import { cellsOf } from './cell-width.ts';
import type { Glyphs } from './glyphs.ts';
import { fitLine, type Line, lineWidth, type Span, span } from './line.ts';
import type { Block } from './panel.ts';

/** What lies over the screen: a title, lines, and what its keys do stands in the footer. */
export interface Box {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Cells inside the frame; less on a narrow screen. */
  readonly columns: number;
}

/** The block with the box in its middle; lines that do not fit are left away from the end. */
export function overlaid(block: Block, box: Box, columns: number, glyphs: Glyphs): Block {
  const inner = Math.max(Math.min(box.columns, columns - 4), 1);
  const rows = Math.min(box.lines.length + 2, block.length);
  const framed = frameLines(box, inner, rows, glyphs);
  const top = Math.max(Math.floor((block.length - rows) / 2), 0);
  const left = Math.max(Math.floor((columns - inner - 4) / 2), 0);
  return block.map((line, row) => {
    const over = framed[row - top];
    if (over === undefined) return line;
    const right = left + lineWidth(over);
    return fitLine([...slice(line, 0, left), ...over, ...slice(line, right, columns)], columns);
  });
}

function frameLines({ title, lines }: Box, inner: number, rows: number, glyphs: Glyphs): readonly Line[] {
  const [topLeft, topRight, bottomLeft, bottomRight] = glyphs.corner;
  const head = fitLine([span(` ${title} `, 'title')], Math.min(inner + 2, Array.from(title).length + 2));
  const rule = glyphs.rule.repeat(Math.max(inner + 2 - lineWidth(head), 0));
  const body = lines.slice(0, Math.max(rows - 2, 0)).map((line): Line => {
    return [span(`${glyphs.side} `, 'accent'), ...fitLine(line, inner), span(` ${glyphs.side}`, 'accent')];
  });
  return [
    [span(topLeft, 'accent'), ...head, span(rule + topRight, 'accent')],
    ...body,
    [span(bottomLeft + glyphs.rule.repeat(inner + 2) + bottomRight, 'accent')],
  ];
}

/** The cells from one column to another; half of a wide character becomes a space. */
function slice(line: Line, from: number, to: number): Line {
  const pieces: Span[] = [];
  let column = 0;
  for (const { text, tone } of line) {
    let kept = '';
    for (const character of text) {
      const cells = cellsOf(character);
      const start = column;
      column += cells;
      if (column <= from || start >= to) continue;
      kept += start >= from && column <= to ? character : ' ';
    }
    if (kept !== '') pieces.push({ text: kept, tone });
    if (column >= to) break;
  }
  return pieces;
}
