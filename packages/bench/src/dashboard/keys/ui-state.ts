import type { Command } from '../../control/command.ts';
import type { FaultOffer, FaultSetting } from '../../control/drill-state.ts';

/** Parts of the screen that can be scrolled, in the order of `tab`. */
export const panes = ['rows', 'gates', 'log'] as const;
export type Pane = (typeof panes)[number];

/** What the person at the keys has chosen; nothing of it comes from the drill. */
export interface UiState {
  readonly pane: Pane;
  readonly rowIndex: number;
  readonly gateIndex: number;
  /** Newest log lines below the ones shown; 0 follows the log. */
  readonly logSkip: number;
  /** Words that a log line must hold. */
  readonly filter: string;
  readonly overlay: Overlay;
}

/** What lies over the screen and takes the keys. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'help'; readonly skip: number }
  /** The filter is being typed; `before` comes back with escape. */
  | { readonly kind: 'filter'; readonly before: string }
  | Confirm
  | { readonly kind: 'clear'; readonly index: number }
  | { readonly kind: 'details'; readonly row: string; readonly skip: number }
  | FaultDialog;

/** Asked before anything that hurts. */
export interface Confirm {
  readonly kind: 'confirm';
  readonly question: string;
  /** What will happen, one sentence. */
  readonly effect: string;
  readonly command: Command;
  /** Where `n` and escape lead. */
  readonly back: Overlay;
}

export type FaultDialog =
  | { readonly kind: 'fault'; readonly step: 'kind'; readonly search: string; readonly index: number }
  | {
      readonly kind: 'fault';
      readonly step: 'target';
      readonly offer: FaultOffer;
      readonly search: string;
      readonly index: number;
    }
  | {
      readonly kind: 'fault';
      readonly step: 'settings';
      readonly offer: FaultOffer;
      readonly target: string;
      readonly fields: readonly Field[];
      readonly index: number;
      /** What is wrong with what was typed. */
      readonly problem?: string;
    };

/** One line of the settings, as typed so far. */
export interface Field extends FaultSetting {
  readonly text: string;
}

export const firstUi: UiState = {
  pane: 'rows',
  rowIndex: 0,
  gateIndex: 0,
  logSkip: 0,
  filter: '',
  overlay: { kind: 'none' },
};
