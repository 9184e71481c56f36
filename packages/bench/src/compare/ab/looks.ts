/** When the growing data are looked at, and how sure each look must be. Decided before the first pair is measured. */
export interface Looks {
  /** Numbers of pairs, rising; the last one is where measuring ends. */
  readonly pairCounts: readonly number[];
  /** Of the intervals of one look, so that those of all looks together keep the confidence that was asked for. */
  readonly confidenceEach: number;
}

export interface LooksOptions {
  readonly pairsMin: number;
  readonly pairsMax: number;
  /** Over all looks: 0.95. */
  readonly confidence: number;
}

/** Half as many pairs again for each look: data that hardly grew hardly say anything new, and each look has a price. */
const GROWTH = 1.5;

/**
 * A fixed schedule that spends what may be missed evenly over the looks (Bonferroni). O'Brien and Fleming's spending
 * keeps more for the end, but asks of the first looks what no bootstrap of six pairs can tell; Pocock's constants gain
 * a few per cent of the width and rest on normal errors, which latencies do not have.
 */
export function planLooks({ pairsMin, pairsMax, confidence }: LooksOptions): Looks {
  const pairCounts: number[] = [];
  for (let count = Math.min(pairsMin, pairsMax); count < pairsMax; count = Math.ceil(count * GROWTH)) {
    pairCounts.push(count);
  }
  pairCounts.push(pairsMax);
  return { pairCounts, confidenceEach: 1 - (1 - confidence) / pairCounts.length };
}
