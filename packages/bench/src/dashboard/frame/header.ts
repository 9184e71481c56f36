import type { DrillState, VerdictState } from '../../control/drill-state.ts';
import { formatMs, formatSpan } from '../../report/format.ts';
import { joined, type Line, span, spread, type Tone } from './line.ts';
import type { Connection, View } from './view.ts';

export const HEADER_ROWS = 3;

const VERDICT_TONES: Readonly<Record<VerdictState['kind'], Tone>> = {
  undecided: 'accent',
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
};

const STAGE_WORDS: Readonly<Record<DrillState['stage'], string>> = {
  booting: 'booting the system',
  load: 'under load',
  draining: 'draining: load has ended',
  auditing: 'auditing what was acknowledged',
  over: 'the drill is over',
};

/** What runs, where it is, and how it stands: three lines. */
export function header(view: View, state: DrillState): readonly Line[] {
  const { columns, glyphs } = view;
  const { scenario, verdict } = state;
  const word = verdict.kind === 'undecided' ? 'undecided so far' : verdict.kind.toUpperCase();
  return [
    spread(
      joined([[span(` ${scenario.name} `, 'title')], [span(scenario.about, 'faint')]]),
      [span(`${glyphs.verdict[verdict.kind]} ${word} `, VERDICT_TONES[verdict.kind])],
      columns,
    ),
    spread(
      joined([[span(` ${clockText(state)}`, 'strong')], [span(stageText(state))], ...loadNotes(state)]),
      connectionNote(view.connection),
      columns,
    ),
    reasonsLine(state),
  ];
}

function clockText({ stage, atMs, totalMs }: DrillState): string {
  if (stage === 'booting') return '-';
  const at = `${(Math.max(atMs, 0) / 1_000).toFixed(1)} s`;
  return stage === 'load' ? `${at} of ${formatSpan(totalMs)}` : at;
}

function stageText({ stage, phase }: DrillState): string {
  return phase === undefined ? STAGE_WORDS[stage] : `${STAGE_WORDS[stage]}: ${phase}`;
}

function loadNotes({ load }: DrillState): readonly Line[] {
  const notes: Line[] = [];
  if (load.isPaused) notes.push([span('LOAD PAUSED', 'warn')]);
  if (load.factor !== 1) notes.push([span(`rate x${Number(load.factor.toFixed(2))}`, 'warn')]);
  if (load.slipMsP99 !== undefined) notes.push([span(`slip p99 ${formatMs(load.slipMsP99)}`, 'faint')]);
  return notes;
}

function connectionNote(connection: Connection): Line {
  switch (connection.kind) {
    case 'live':
    case 'over':
      return [];
    case 'connecting':
      return [span('connecting ', 'warn')];
    case 'silent':
      return [span(`! no word for ${formatMs(connection.forMs)} `, 'warn')];
    case 'gone':
      return [span('! the drill is gone ', 'bad')];
    case 'lost':
      return [span(`! lost: ${connection.why}; try ${connection.attempt} `, 'bad')];
  }
}

function reasonsLine({ verdict, scenario }: DrillState): Line {
  const [first, ...more] = verdict.reasons;
  if (first === undefined) {
    const none = verdict.kind === 'undecided' ? 'nothing speaks against a pass so far' : scenario.hypothesis;
    return [span(` ${none}`, 'faint')];
  }
  const lead = verdict.kind === 'undecided' ? 'against a pass: ' : 'why: ';
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return [span(` ${lead}`, 'faint'), span(first + rest, verdict.kind === 'pass' ? 'good' : 'bad')];
}
