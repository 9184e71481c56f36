import type { DrillState, FaultState } from '../../control/drill-state.ts';
import { formatCount } from '../../report/format.ts';
import { cell, type Line, span, type Tone } from './line.ts';
import { type Block, panel } from './panel.ts';
import type { View } from './view.ts';

const WORDS: Readonly<Record<FaultState['state'], string>> = {
  toCome: 'to come',
  on: 'ON',
  over: 'over',
  failed: 'FAILED',
};

const TONES: Readonly<Record<FaultState['state'], Tone>> = {
  toCome: 'accent',
  on: 'warn',
  over: 'faint',
  failed: 'bad',
};

/** What is on comes first, then what comes next. */
const ORDER: Readonly<Record<FaultState['state'], number>> = { on: 0, toCome: 1, failed: 2, over: 3 };

export function faultLines(state: DrillState): number {
  return state.faults.length === 0 ? 0 : state.faults.length + 1;
}

export function faults(view: View, state: DrillState, columns: number, rows: number): Block {
  const inOrder = state.faults.toSorted(
    (left, right) => ORDER[left.state] - ORDER[right.state] || left.startMs - right.startMs,
  );
  const lines = inOrder.map((fault) => faultLine(fault, view));
  const note = `${state.faults.length}`;
  return panel({ title: 'Faults', note, columns, rows, glyphs: view.glyphs }, lines);
}

export function faultLine(fault: FaultState, { glyphs }: View): Line {
  const tone = TONES[fault.state];
  const when = `${seconds(fault.startMs)}-${seconds(fault.endMs)} s`;
  const hits = fault.hitCount === undefined ? '' : `, ${formatCount(fault.hitCount)} hits`;
  const hand = fault.isByHand ? ', by hand' : '';
  const problem = fault.problem === undefined ? '' : `: ${fault.problem}`;
  return [
    span(`  ${glyphs.fault[fault.state]} `, tone),
    cell(WORDS[fault.state], 8, tone),
    cell(fault.id, 14, 'strong'),
    cell(when, 15, 'faint'),
    span(`${fault.what}${hand}${hits}${problem}`, fault.state === 'failed' ? 'bad' : 'plain'),
  ];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
