import type { Algorithm } from './algorithm.ts';

/** Everybody in turn, weights ignored. */
export function createRoundRobin(): Algorithm {
  let turn = 0;
  return {
    pick: (candidates) => {
      // The list may have shrunk since the last turn.
      const index = turn < candidates.length ? turn : 0;
      turn = index + 1;
      return candidates[index];
    },
  };
}
