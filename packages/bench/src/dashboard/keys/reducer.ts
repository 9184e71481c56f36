import type { Command } from '../../control/command.ts';
import type { DrillState, FaultOffer, RowDetails } from '../../control/drill-state.ts';
import type { Tone } from '../frame/line.ts';
import { HELP_LINES } from '../frame/overlay/help.ts';
import { activeFaults } from './fault-choice.ts';
import { pressInFaultDialog } from './fault-dialog.ts';
import { type Key, moved, stepOf, typed } from './key.ts';
import { mainKeys } from './main-keys.ts';
import { type Overlay, panes, type UiState } from './ui-state.ts';

/** What the keys can see of the drill. */
export interface World {
  readonly state?: DrillState;
  readonly offers?: readonly FaultOffer[];
  readonly details?: RowDetails;
  /** Lines of the log that pass the filter. */
  readonly logCount: number;
}

/** What a key asks of the world outside. */
export type Effect =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'askOffers' }
  | { readonly kind: 'askRow'; readonly row: string }
  | { readonly kind: 'say'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'leave'; readonly isInterrupted: boolean };

export interface Pressed {
  readonly ui: UiState;
  readonly effects: readonly Effect[];
}

/** What a key changes, and what it asks for. Pure. */
export function press(ui: UiState, key: Key, world: World): Pressed {
  if (key.name === 'C-c') return { ui, effects: [{ kind: 'leave', isInterrupted: true }] };
  const { overlay } = ui;
  switch (overlay.kind) {
    case 'none':
      return pressMain(ui, key, world);
    case 'filter':
      return pressInFilter(ui, overlay.before, key);
    case 'help':
      return pressInHelp(ui, overlay.skip, key);
    case 'confirm':
      if (key.name === 'y') {
        return { ui: closed(ui), effects: [{ kind: 'command', command: overlay.command }] };
      }
      return isNo(key) ? shown(ui, overlay.back) : unchanged(ui);
    case 'clear':
      return pressInClear(ui, overlay.index, key, world);
    case 'details':
      return pressInDetails(ui, overlay, key, world);
    case 'fault':
      return pressInFaultDialog(ui, overlay, key, world);
  }
}

/** Before the first word, and when all is over, there is nobody to steer. */
function pressMain(ui: UiState, key: Key, world: World): Pressed {
  const step = stepOf(key.name, PAGE);
  if (step !== undefined) return { ui: scrolled(ui, step, world), effects: [] };
  if (key.name === 'tab' || key.name === 'right') return { ui: nextPane(ui, 1), effects: [] };
  if (key.name === 'S-tab' || key.name === 'left') return { ui: nextPane(ui, -1), effects: [] };
  const act = mainKeys.get(key.name);
  if (act === undefined) return unchanged(ui);
  if (act.isSteering && world.state?.stage !== 'load') {
    const text = world.state === undefined ? 'the drill has not answered yet' : 'only while the load runs';
    return { ui, effects: [{ kind: 'say', text, tone: 'warn' }] };
  }
  return act.press(ui, world);
}

/** Lines of `page up` and `page down`, where the reducer knows no height. */
const PAGE = 10;

function scrolled(ui: UiState, step: number, { state, logCount }: World): UiState {
  switch (ui.pane) {
    case 'rows':
      return { ...ui, rowIndex: moved(ui.rowIndex, step, state?.rows.length ?? 0) };
    case 'gates':
      return { ...ui, gateIndex: moved(ui.gateIndex, step, state?.gates.length ?? 0) };
    case 'log':
      // Up goes back in time.
      return { ...ui, logSkip: moved(ui.logSkip, -step, logCount) };
  }
}

function nextPane(ui: UiState, step: 1 | -1): UiState {
  const index = (panes.indexOf(ui.pane) + step + panes.length) % panes.length;
  return { ...ui, pane: panes[index] ?? 'rows' };
}

function pressInFilter(ui: UiState, before: string, key: Key): Pressed {
  if (key.name === 'enter') return { ui: closed(ui), effects: [] };
  if (key.name === 'escape') return { ui: { ...closed(ui), filter: before }, effects: [] };
  const filter = typed(ui.filter, key);
  return filter === undefined ? unchanged(ui) : { ui: { ...ui, filter, logSkip: 0 }, effects: [] };
}

function pressInHelp(ui: UiState, skip: number, key: Key): Pressed {
  const step = stepOf(key.name, PAGE);
  if (step !== undefined) return shown(ui, { kind: 'help', skip: moved(skip, step, HELP_LINES) });
  return isNo(key) || key.name === '?' || key.name === 'enter' ? shown(ui, { kind: 'none' }) : unchanged(ui);
}

function pressInClear(ui: UiState, index: number, key: Key, { state }: World): Pressed {
  const active = activeFaults(state?.faults);
  const step = stepOf(key.name, PAGE);
  if (step !== undefined) return shown(ui, { kind: 'clear', index: moved(index, step, active.length) });
  const fault = active[Math.min(index, active.length - 1)];
  if (key.name === 'enter' && fault !== undefined) {
    return { ui: closed(ui), effects: [{ kind: 'command', command: { do: 'clear', id: fault.id } }] };
  }
  return isNo(key) ? shown(ui, { kind: 'none' }) : unchanged(ui);
}

function pressInDetails(
  ui: UiState,
  overlay: Overlay & { readonly kind: 'details' },
  key: Key,
  world: World,
): Pressed {
  const step = stepOf(key.name, PAGE);
  if (step !== undefined) {
    const count = world.details?.logTail.length ?? 0;
    return shown(ui, { ...overlay, skip: moved(overlay.skip, -step, count) });
  }
  if (key.name === 'k') return pressMain(ui, key, world);
  return isNo(key) || key.name === 'enter' ? shown(ui, { kind: 'none' }) : unchanged(ui);
}

function isNo({ name }: Key): boolean {
  return name === 'escape' || name === 'n' || name === 'q';
}

function closed(ui: UiState): UiState {
  return { ...ui, overlay: { kind: 'none' } };
}

function shown(ui: UiState, overlay: Overlay, effects: readonly Effect[] = []): Pressed {
  return { ui: { ...ui, overlay }, effects };
}

function unchanged(ui: UiState): Pressed {
  return { ui, effects: [] };
}
