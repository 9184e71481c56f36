import type { DrillState, FaultState } from '../../control/drill-state.ts';
import { cutAt, printable, widthOf } from './cell-width.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line, Span, Tone } from './line.ts';

type Timeline = Pick<DrillState, 'atMs' | 'totalMs' | 'faults' | 'outages'>;

/** What is drawn over what, the last on top. */
const ORDER = ['over', 'toCome', 'failed', 'on'] as const satisfies readonly FaultState['state'][];
const TONES: Readonly<Record<FaultState['state'], Tone>> = {
  over: 'faint',
  toCome: 'accent',
  failed: 'bad',
  on: 'warn',
};

/** The whole load from left to right: faults with their names where there is room, and where it is now. */
export function faultBar(timeline: Timeline, columns: number, glyphs: Glyphs): Line {
  const columnAt = columnsOf(timeline, columns);
  const nowColumn = columnAt(timeline.atMs);
  const cells: Span[] = Array.from({ length: columns }, (_, column) => ({
    text: column < nowColumn ? glyphs.elapsed : glyphs.ahead,
    tone: 'faint',
  }));
  for (const state of ORDER) {
    for (const fault of timeline.faults) {
      if (fault.state === state) drawFault(cells, fault, columnAt, glyphs);
    }
  }
  if (columns > 0) place(cells, nowColumn, glyphs.now, 'strong');
  return merged(cells);
}

/** Below the faults: where availability was lost. */
export function outageBar(timeline: Timeline, columns: number, glyphs: Glyphs): Line {
  const columnAt = columnsOf(timeline, columns);
  const cells: Span[] = Array.from({ length: columns }, () => ({ text: ' ', tone: 'plain' }));
  for (const { startMs, endMs } of timeline.outages) {
    for (let column = columnAt(startMs); column <= columnAt(endMs - 1); column += 1) {
      place(cells, column, glyphs.outage, 'bad');
    }
  }
  return merged(cells);
}

function drawFault(
  cells: Span[],
  { id, state, startMs, endMs }: FaultState,
  columnAt: (ms: number) => number,
  glyphs: Glyphs,
): void {
  const first = columnAt(startMs);
  const last = Math.max(columnAt(endMs - 1), first);
  for (let column = first; column <= last; column += 1) {
    place(cells, column, glyphs.fault[state], TONES[state]);
  }
  // A wide character would push the bar out of step.
  const name = printable(id);
  const { text, width } = cutAt(name, last - first - 1);
  if (width < Math.min(widthOf(name), SHORTEST_NAME) || text.length !== width) return;
  for (const [index, character] of Array.from(text).entries()) {
    place(cells, first + 1 + index, character, state === 'on' ? 'strong' : TONES[state]);
  }
}

/** Fewer letters of a name than these tell nothing. */
const SHORTEST_NAME = 3;

function columnsOf({ totalMs, atMs }: Timeline, columns: number): (ms: number) => number {
  const spanMs = Math.max(totalMs, atMs, 1);
  return (ms) => Math.min(Math.max(Math.floor((ms / spanMs) * columns), 0), Math.max(columns - 1, 0));
}

function place(cells: Span[], column: number, text: string, tone: Tone): void {
  if (column < cells.length) cells[column] = { text, tone };
}

/** Neighbours of one tone in one piece. */
function merged(cells: readonly Span[]): Line {
  const line: Span[] = [];
  for (const { text, tone } of cells) {
    const last = line.at(-1);
    if (last?.tone === tone) line[line.length - 1] = { text: last.text + text, tone };
    else line.push({ text, tone });
  }
  return line;
}
