import type { NameKind } from './metric/metric.ts';

/** What is wrong with a gate's text, and where in it. */
export interface GateProblem {
  /** Into the gate's text, counted from 0. */
  readonly offset: number;
  readonly message: string;
  /** The word that was not understood, to find what was meant among `accepted`. */
  readonly given?: string;
  /** What the word should have named, if it was a name. */
  readonly nameKind?: NameKind;
  readonly accepted?: readonly string[];
}
