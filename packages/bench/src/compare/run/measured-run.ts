import type { Leaves } from '../../scenario/leaves.ts';
import type { RunFigures } from './run-figures.ts';

/** One run of a drill or a load, as a comparison sees it. */
export interface MeasuredRun {
  /** The file that it was read from. */
  readonly source: string;
  /** ISO 8601; absent where it was not recorded. */
  readonly startedAt?: string;
  /** What its figures depend on besides the code, by path: `environment.node`, `load.stages[0].perSecond`. */
  readonly setting: Leaves;
  readonly seed?: number;
  readonly figures: RunFigures;
  /** `pass`, `fail`, `inconclusive`; absent for a load, which judges nothing. */
  readonly verdict?: string;
  /** Invariants that it found violated. */
  readonly violated: readonly string[];
  /** Why its figures are not believed. */
  readonly spoiledBy?: string;
}
