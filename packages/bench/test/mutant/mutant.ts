import type { Mutation } from '../fixture/mutated-checkout.ts';
import type { DrillName } from './drill-kind.ts';

/** The shop with one mistake that a programmer could have made, and what must find it. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Mutation[];
  /** The drill under which it shows. */
  readonly drill: DrillName;
  /** The invariant that must be violated; others may be as well. */
  readonly trips: string;
  /** What one of its findings must say, where the invariant alone does not name the mistake: the attack's name. */
  readonly says?: RegExp;
}

const SHOP = 'packages/sut/src';

/** One exchange in one file of the shop. */
export function change(file: string, from: string, to: string): Mutation {
  return { file: `${SHOP}/${file}`, exchanges: [{ from, to }] };
}
