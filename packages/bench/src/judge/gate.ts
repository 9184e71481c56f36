export const operators = ['<=', '>=', '==', '<', '>'] as const;
export type Operator = (typeof operators)[number];

/** Labels as written in the braces; a label without a value is `true`. */
export type Labels = Readonly<Record<string, string | true>>;

/** A pass/fail expression over a measured figure, such as `p99{route=product} < 400ms`. Plain data. */
export interface Gate {
  /** As it is written in the scenario. */
  readonly text: string;
  /** Line of the scenario file, counted from 1. */
  readonly line: number;
  /** A name of the metric table. */
  readonly metric: string;
  readonly labels: Labels;
  readonly operator: Operator;
  /** In the base of the metric's unit: ms, a fraction, a number, per second. */
  readonly limit: number;
  /** It must hold in every window of this length, not only over all of the time. */
  readonly windowMs?: number;
}
