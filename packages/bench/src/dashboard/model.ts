import type { DrillState, FaultOffer, LogEntry, RowDetails } from '../control/drill-state.ts';
import type { Glyphs } from './frame/glyphs.ts';
import { createLogRing } from './frame/log-ring.ts';
import type { Connection, Notice, View } from './frame/view.ts';
import type { Key } from './keys/key.ts';
import { type Effect, press } from './keys/reducer.ts';
import { firstUi, type UiState } from './keys/ui-state.ts';

/** Everything that the dashboard knows; frames are made from it. */
export interface Model {
  readonly state: DrillState | undefined;
  /** The row whose details are open. */
  readonly openRow: string | undefined;
  readonly takeState: (state: DrillState) => void;
  readonly takeLog: (entry: LogEntry) => void;
  readonly takeConnection: (connection: Connection) => void;
  readonly takeOffers: (offers: readonly FaultOffer[]) => void;
  readonly takeDetails: (details: RowDetails) => void;
  /** Shown for a while beside the keys. */
  readonly say: (notice: Notice, nowMs: number) => void;
  readonly press: (key: Key) => readonly Effect[];
  readonly view: (
    size: { readonly columns: number; readonly rows: number },
    glyphs: Glyphs,
    nowMs: number,
  ) => View;
}

/** Long enough to read a refusal. */
const NOTICE_MS = 6_000;

export function createModel(runName: string): Model {
  const log = createLogRing();
  let ui: UiState = firstUi;
  let state: DrillState | undefined;
  let connection: Connection = { kind: 'connecting' };
  let offers: readonly FaultOffer[] | undefined;
  let details: RowDetails | undefined;
  let said: { readonly notice: Notice; readonly untilMs: number } | undefined;
  const known = (): Pick<View, 'state' | 'offers' | 'details'> => ({
    ...(state === undefined ? {} : { state }),
    ...(offers === undefined ? {} : { offers }),
    ...(details === undefined ? {} : { details }),
  });
  return {
    get state() {
      return state;
    },
    get openRow() {
      return ui.overlay.kind === 'details' ? ui.overlay.row : undefined;
    },
    takeState: (next) => {
      state = next;
    },
    takeLog: (entry) => {
      const isNew = log.push(entry);
      // Whoever has scrolled back goes on seeing the same lines.
      if (isNew && ui.logSkip > 0) ui = { ...ui, logSkip: Math.min(ui.logSkip + 1, log.count) };
    },
    takeConnection: (next) => {
      connection = next;
    },
    takeOffers: (next) => {
      offers = next;
    },
    takeDetails: (next) => {
      details = next;
    },
    say: (notice, nowMs) => {
      said = { notice, untilMs: nowMs + NOTICE_MS };
    },
    press: (key) => {
      said = undefined;
      const pressed = press(ui, key, { ...known(), logCount: log.matching(ui.filter) });
      ui = pressed.ui;
      return pressed.effects;
    },
    view: (size, glyphs, nowMs) => ({
      ...size,
      ...known(),
      glyphs,
      runName,
      connection,
      log,
      ui,
      ...(said !== undefined && nowMs < said.untilMs ? { notice: said.notice } : {}),
    }),
  };
}
