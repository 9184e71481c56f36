import type { DrillState, FaultOffer, RowDetails } from '../../control/drill-state.ts';
import type { UiState } from '../keys/ui-state.ts';
import type { Glyphs } from './glyphs.ts';
import type { Tone } from './line.ts';
import type { LogRing } from './log-ring.ts';

/** Everything that a frame is made of. */
export interface View {
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** What the dashboard is attached to, before its first word. */
  readonly runName: string;
  readonly connection: Connection;
  readonly state?: DrillState;
  readonly log: LogRing;
  readonly ui: UiState;
  readonly offers?: readonly FaultOffer[];
  readonly details?: RowDetails;
  readonly notice?: Notice;
}

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Connected, but without a word for longer than it should be. */
  | { readonly kind: 'silent'; readonly forMs: number }
  /** Not connected; trying again. */
  | { readonly kind: 'lost'; readonly why: string; readonly attempt: number; readonly retryInMs: number }
  /** The drill has said good-bye. */
  | { readonly kind: 'over' }
  /** Its process is gone without a good-bye. */
  | { readonly kind: 'gone' };

/** A word about what was just done, beside the keys for a few seconds. */
export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}
