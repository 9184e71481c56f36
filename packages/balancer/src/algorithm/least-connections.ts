import type { Algorithm } from './algorithm.ts';

/** The fewest requests in flight per weight; equals take turns, or the first would get all light load. */
export function createLeastConnections(): Algorithm {
  let turn = 0;
  return {
    pick: (candidates) => {
      let best: (typeof candidates)[number] | undefined;
      let bestLoad = Number.POSITIVE_INFINITY;
      let bestIndex = 0;
      for (let step = 0; step < candidates.length; step += 1) {
        const index = (turn + step) % candidates.length;
        const candidate = candidates[index];
        if (candidate === undefined) continue;
        const load = candidate.inFlight / candidate.weight;
        if (load < bestLoad) {
          best = candidate;
          bestLoad = load;
          bestIndex = index;
        }
      }
      turn = bestIndex + 1;
      return best;
    },
  };
}
