import type { DrillState, GateState } from '../../control/drill-state.ts';
import type { Glyphs } from './glyphs.ts';
import { cell, fitLine, type Line, span, type Tone } from './line.ts';
import { type Block, firstShown, panel, shownNote } from './panel.ts';
import type { View } from './view.ts';

const GATE_TONES: Readonly<Record<GateState['kind'], Tone>> = { pass: 'good', fail: 'bad', unknown: 'faint' };
const GATE_WORDS: Readonly<Record<GateState['kind'], string>> = {
  pass: 'holds ',
  fail: 'fails ',
  unknown: 'no say',
};

const MEASURED_COLUMNS = 14;
const PERCENT_COLUMNS = 7;

export function gateLines(state: DrillState): number {
  return Math.max(state.gates.length, 1) + 1;
}

/** Every gate as if the drill ended now, and how far it is from its limit. */
export function gates(view: View, state: DrillState, columns: number, rows: number): Block {
  const { ui, glyphs } = view;
  const isFocused = ui.pane === 'gates';
  const shownRows = Math.max(rows - 1, 0);
  const index = Math.min(ui.gateIndex, Math.max(state.gates.length - 1, 0));
  const first = firstShown(index, state.gates.length, shownRows);
  const shown = state.gates.slice(first, first + shownRows);
  const failing = state.gates.filter(({ kind }) => kind === 'fail').length;
  const lines = shown.map((gate, offset) =>
    gateLine(gate, columns, glyphs, isFocused && first + offset === index),
  );
  const counts = shownNote(first, shown.length, state.gates.length);
  const note = failing === 0 ? counts : `${failing} failing, ${counts}`;
  const none: Line = [span('  none', 'faint')];
  return panel(
    { title: 'Gates', note, isFocused, columns, rows, glyphs },
    lines.length === 0 ? [none] : lines,
  );
}

function gateLine(gate: GateState, columns: number, glyphs: Glyphs, isChosen: boolean): Line {
  const tone = GATE_TONES[gate.kind];
  const roomColumns = columns >= 80 ? 10 : 6;
  const textColumns = Math.max(columns - 11 - MEASURED_COLUMNS - roomColumns - PERCENT_COLUMNS, 10);
  return fitLine(
    [
      span(isChosen ? `${glyphs.focus} ` : '  ', isChosen ? 'title' : 'plain'),
      span(`${glyphs.gate[gate.kind]} ${GATE_WORDS[gate.kind]} `, tone),
      cell(gate.text, textColumns - 1, isChosen ? 'chosen' : 'plain'),
      span(' '),
      cell(gate.measuredText, MEASURED_COLUMNS - 1, tone, 'right'),
      span(' '),
      ...roomBar(gate.room, roomColumns, glyphs),
    ],
    columns,
  );
}

/** `███████    70 %`: what is left of the limit; beyond it, by how much. */
function roomBar(room: number | undefined, columns: number, glyphs: Glyphs): Line {
  if (room === undefined) return [cell('', columns), cell('-', PERCENT_COLUMNS, 'faint', 'right')];
  const left = Math.min(Math.max(room, 0), 1);
  const tone = room < 0 ? 'bad' : room < NEAR ? 'warn' : 'good';
  const blocks = Math.round(left * columns);
  const percent = Math.round(Math.max(Math.min(room, 9.99), -9.99) * 100);
  return [
    cell(room < 0 ? 'beyond' : glyphs.block.repeat(blocks), columns, tone),
    cell(`${percent} %`, PERCENT_COLUMNS, tone, 'right'),
  ];
}

/** Less room than this is worth a look. */
const NEAR = 0.1;
