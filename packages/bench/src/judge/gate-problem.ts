/** What is wrong with a gate's text, and where in it. */
export interface GateProblem {
  /** Into the gate's text, counted from 0. */
  readonly offset: number;
  readonly message: string;
  /** The word that was not understood, to find what was meant among `accepted`. */
  readonly given?: string;
  readonly accepted?: readonly string[];
}
