import { FACTOR_MAX, FACTOR_MIN } from '../../control/command.ts';
import { activeFaults } from './fault-choice.ts';
import type { Pressed, World } from './reducer.ts';
import type { Overlay, UiState } from './ui-state.ts';

interface MainKey {
  /** Acts on the drill, so it needs one that runs. */
  readonly isSteering: boolean;
  readonly press: (ui: UiState, world: World) => Pressed;
}

/** What the keys do while nothing lies over the screen. */
export const mainKeys: ReadonlyMap<string, MainKey> = new Map<string, MainKey>([
  ['f', steering(openFaultDialog)],
  ['c', steering(clear)],
  ['C', steering(clearAll)],
  ['p', steering(pauseOrResume)],
  ['+', steering((ui, world) => changeRate(ui, world, FASTER))],
  ['=', steering((ui, world) => changeRate(ui, world, FASTER))],
  ['-', steering((ui, world) => changeRate(ui, world, 1 / FASTER))],
  ['k', steering(kill)],
  ['a', steering(abort)],
  ['enter', looking(openDetails)],
  ['/', looking((ui) => over({ ...ui, pane: 'log' }, { kind: 'filter', before: ui.filter }))],
  ['?', looking((ui) => over(ui, { kind: 'help', skip: 0 }))],
  ['q', looking((ui) => ({ ui, effects: [{ kind: 'leave', isInterrupted: false }] }))],
]);

/** Up by a quarter; down by a fifth undoes it. */
const FASTER = 1.25;

function steering(press: MainKey['press']): MainKey {
  return { isSteering: true, press };
}

function looking(press: MainKey['press']): MainKey {
  return { isSteering: false, press };
}

function over(ui: UiState, overlay: Overlay): Pressed {
  return { ui: { ...ui, overlay }, effects: [] };
}

function say(ui: UiState, text: string): Pressed {
  return { ui, effects: [{ kind: 'say', text, tone: 'warn' }] };
}

function openFaultDialog(ui: UiState): Pressed {
  return {
    ui: { ...ui, overlay: { kind: 'fault', step: 'kind', search: '', index: 0 } },
    effects: [{ kind: 'askOffers' }],
  };
}

function clear(ui: UiState, { state }: World): Pressed {
  return activeFaults(state?.faults).length === 0
    ? say(ui, 'no fault is on')
    : over(ui, { kind: 'clear', index: 0 });
}

function clearAll(ui: UiState, { state }: World): Pressed {
  const active = activeFaults(state?.faults);
  if (active.length === 0) return say(ui, 'no fault is on');
  return over(ui, {
    kind: 'confirm',
    question: `Clear all ${active.length} faults that are on?`,
    effect: `${active.map(({ id }) => id).join(', ')}: reverted now, before their time.`,
    command: { do: 'clearAll' },
    back: { kind: 'none' },
  });
}

function pauseOrResume(ui: UiState, { state }: World): Pressed {
  const command = { do: state?.load.isPaused === true ? 'resume' : 'pause' } as const;
  return { ui, effects: [{ kind: 'command', command }] };
}

function changeRate(ui: UiState, { state }: World, by: number): Pressed {
  const now = state?.load.factor ?? 1;
  // Three digits, so that up and down again is where it was.
  const wanted = Number((now * by).toPrecision(3));
  const factor = Math.min(Math.max(wanted, FACTOR_MIN), FACTOR_MAX);
  if (factor === now) return say(ui, `the rate is already x${now}, the ${by > 1 ? 'most' : 'least'}`);
  return { ui, effects: [{ kind: 'command', command: { do: 'rate', factor } }] };
}

function kill(ui: UiState, { state }: World): Pressed {
  const row = state?.rows[Math.min(ui.rowIndex, state.rows.length - 1)];
  if (row === undefined) return say(ui, 'there is no process to kill yet');
  if (row.kind === 'outside') return say(ui, `${row.name} is not ours to kill`);
  return over(ui, {
    kind: 'confirm',
    question: `Kill ${row.name}?`,
    effect: 'SIGKILL: no goodbye, what it was doing is lost. It stays a part of the record.',
    command: { do: 'kill', process: row.name },
    back: ui.overlay,
  });
}

function abort(ui: UiState): Pressed {
  return over(ui, {
    kind: 'confirm',
    question: 'Abort the drill?',
    effect: 'Every fault is reverted and the system is stopped. The drill ends without a verdict.',
    command: { do: 'abort' },
    back: { kind: 'none' },
  });
}

function openDetails(ui: UiState, { state }: World): Pressed {
  const row = state?.rows[Math.min(ui.rowIndex, state.rows.length - 1)];
  if (row === undefined || ui.pane !== 'rows') return { ui, effects: [] };
  return {
    ui: { ...ui, overlay: { kind: 'details', row: row.name, skip: 0 } },
    effects: [{ kind: 'askRow', row: row.name }],
  };
}
