import type { LogEntry } from '../../control/drill-state.ts';
import { cell, type Line, span, type Tone } from './line.ts';
import { type Block, panel } from './panel.ts';
import type { View } from './view.ts';

const TONES: Readonly<Record<LogEntry['kind'], Tone>> = {
  fault: 'warn',
  process: 'accent',
  hand: 'strong',
  outage: 'bad',
  breaker: 'warn',
  notice: 'plain',
};

/** The latest lines, or those further back that were scrolled to. */
export function eventLog(view: View, columns: number, rows: number): Block {
  const { ui, glyphs, log } = view;
  const matching = log.matching(ui.filter);
  const shownRows = Math.max(rows - 1, 0);
  const skip = Math.min(ui.logSkip, Math.max(matching - shownRows, 0));
  const entries = log.latest(shownRows, { skip, filter: ui.filter });
  const note = [
    ui.filter === '' ? `${matching}` : `${matching} of ${log.count} with "${ui.filter}"`,
    ...(skip === 0 ? [] : [`${skip} newer below`]),
  ].join(', ');
  const title = ui.overlay.kind === 'filter' ? `Log / ${ui.filter}_` : 'Log';
  const none: Line = [span(ui.filter === '' ? '  nothing yet' : '  no line holds these words', 'faint')];
  return panel(
    { title, note, isFocused: ui.pane === 'log', columns, rows, glyphs },
    entries.length === 0 ? [none] : entries.map(logLine),
  );
}

function logLine({ atMs, kind, text }: LogEntry): Line {
  return [
    cell(`${(atMs / 1_000).toFixed(1)} s`, 10, 'faint', 'right'),
    span('  '),
    cell(kind, 9, TONES[kind]),
    span(text, kind === 'outage' ? 'bad' : 'plain'),
  ];
}
