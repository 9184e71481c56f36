import type { Algorithm } from './algorithm.ts';

/**
 * Smooth weighted round robin, as nginx does it (commit 52327e0627f4, 2012): each pick every candidate
 * gains its weight, the richest is taken and pays the sum of all weights. Weights 5, 1, 1 give
 * `a a b a c a a`, not `a a a a a b c`.
 */
export function createWeightedRoundRobin(): Algorithm {
  const credits = new Map<string, number>();
  return {
    pick: (candidates) => {
      let total = 0;
      let best: (typeof candidates)[number] | undefined;
      let bestCredit = Number.NEGATIVE_INFINITY;
      for (const candidate of candidates) {
        const credit = (credits.get(candidate.name) ?? 0) + candidate.weight;
        credits.set(candidate.name, credit);
        total += candidate.weight;
        if (credit > bestCredit) {
          best = candidate;
          bestCredit = credit;
        }
      }
      if (best !== undefined) credits.set(best.name, bestCredit - total);
      return best;
    },
  };
}
