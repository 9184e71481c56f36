import type { BreakerState, DrillState, TopologyRow } from '../../control/drill-state.ts';
import { formatCount, formatMs } from '../../report/format.ts';
import type { Glyphs } from './glyphs.ts';
import { cell, type Line, span, type Tone } from './line.ts';
import { type Block, firstShown, panel, shownNote } from './panel.ts';
import type { View } from './view.ts';

const ROW_TONES: Readonly<Record<TopologyRow['state'], Tone>> = {
  starting: 'accent',
  ready: 'good',
  down: 'bad',
  stopped: 'warn',
  unknown: 'faint',
};

const BREAKER_WORDS: Readonly<Record<BreakerState['state'], string>> = {
  closed: 'closed',
  open: 'OPEN',
  halfOpen: 'HALF-OPEN',
};

const BREAKER_TONES: Readonly<Record<BreakerState['state'], Tone>> = {
  closed: 'plain',
  open: 'bad',
  halfOpen: 'warn',
};

/** An open one is the news; its state comes before its name, so that a cut never takes it. */
const BREAKER_ORDER: Readonly<Record<BreakerState['state'], number>> = { open: 0, halfOpen: 1, closed: 2 };

/** Heading included. */
export function topologyLines(state: DrillState): number {
  return state.rows.length + 2;
}

/** Services, back ends and stores as a table. */
export function topology(view: View, state: DrillState, columns: number, rows: number): Block {
  const { ui, glyphs } = view;
  const isFocused = ui.pane === 'rows';
  const shownRows = Math.max(rows - 2, 0);
  const index = Math.min(ui.rowIndex, Math.max(state.rows.length - 1, 0));
  const first = firstShown(index, state.rows.length, shownRows);
  const shown = state.rows.slice(first, first + shownRows);
  const lines = shown.map((row, offset) =>
    rowLine(row, columns, glyphs, isFocused && first + offset === index),
  );
  const note = shownNote(first, shown.length, state.rows.length);
  return panel({ title: 'Topology', note, isFocused, columns, rows, glyphs }, [heading(columns), ...lines]);
}

interface Widths {
  readonly name: number;
  readonly state: number;
  readonly inFlight: number;
  readonly latency: number;
  readonly ejected: number;
}

/** What is left at the right belongs to the breakers. */
function widthsOf(columns: number): Widths {
  return columns >= 100
    ? { name: 20, state: 11, inFlight: 8, latency: 10, ejected: 11 }
    : { name: 12, state: 10, inFlight: 7, latency: 9, ejected: 11 };
}

function heading(columns: number): Line {
  const widths = widthsOf(columns);
  return [
    cell('  name', widths.name + 2, 'faint'),
    cell('state', widths.state, 'faint'),
    cell('flight', widths.inFlight, 'faint', 'right'),
    cell('mean', widths.latency, 'faint', 'right'),
    cell('  ejected', widths.ejected, 'faint'),
    span('breakers', 'faint'),
  ];
}

function rowLine(row: TopologyRow, columns: number, glyphs: Glyphs, isChosen: boolean): Line {
  const widths = widthsOf(columns);
  const tone = isChosen ? 'chosen' : 'plain';
  return [
    cell(`${isChosen ? glyphs.focus : ' '} ${row.name}`, widths.name + 1, tone),
    span(' '),
    cell(`${glyphs.row[row.state]} ${row.state}`, widths.state, ROW_TONES[row.state]),
    cell(row.inFlight === undefined ? '-' : formatCount(row.inFlight), widths.inFlight, 'plain', 'right'),
    cell(msText(row.latencyMsMean), widths.latency, 'plain', 'right'),
    cell(`  ${ejectedText(row, glyphs)}`, widths.ejected, row.isEjected === true ? 'bad' : 'plain'),
    ...breakersOf(row),
  ];
}

function msText(ms: number | undefined): string {
  return ms === undefined ? '-' : formatMs(ms);
}

function ejectedText({ isEjected, ejectedCount }: TopologyRow, glyphs: Glyphs): string {
  const times = ejectedCount === undefined ? '' : `${formatCount(ejectedCount)}x`;
  if (isEjected === true) return `${glyphs.ejected} out ${times}`.trimEnd();
  return times === '' ? '-' : times;
}

function breakersOf({ breakers }: TopologyRow): Line {
  if (breakers.length === 0) return [span('-', 'faint')];
  return breakers
    .toSorted((left, right) => BREAKER_ORDER[left.state] - BREAKER_ORDER[right.state])
    .flatMap(({ name, state, forMs, openedCount }, index) => {
      const opened = openedCount === 0 ? '' : ` ${openedCount}x`;
      return [
        span(`${index === 0 ? '' : '; '}${BREAKER_WORDS[state]} ${formatMs(forMs)}`, BREAKER_TONES[state]),
        span(`${opened} ${name}`, 'faint'),
      ];
    });
}
