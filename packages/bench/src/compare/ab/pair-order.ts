import { createRandom } from '@stormcart/core';

/** The sides of a comparison: `a` is the base, `b` the head. */
export type SideName = 'a' | 'b';

/**
 * Which side of a pair goes first. Of two pairs one goes each way, and a coin says which one: a machine that warms up
 * or slows down evenly then favours nobody, and with two equal sides a difference is as likely as its opposite.
 */
export function orderOfPair(pair: number, seed: number): readonly [SideName, SideName] {
  const block = Math.floor(pair / 2);
  const isFirstForward = createRandom(seed).fork(`order/${block}`).chance(0.5);
  const isForward = (pair % 2 === 0) === isFirstForward;
  return isForward ? ['a', 'b'] : ['b', 'a'];
}
