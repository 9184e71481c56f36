import type { Random } from './random.ts';

/** More ranks than a shop has products; the table takes 8 bytes for each. */
const RANKS_MAX = 1_000_000;
/** At 5 the first rank has 96 % of all draws already. */
export const ZIPF_EXPONENT_MAX = 5;

/**
 * Ranks from 1 to `count` by Zipf's law: rank k is drawn with a probability that is proportional to 1/k^exponent.
 * With 0 all are alike. One draw takes one number of the stream and about log2(count) steps.
 */
export function createZipf(count: number, exponent: number): (random: Random) => number {
  if (!Number.isInteger(count) || count < 1 || count > RANKS_MAX) {
    throw new RangeError(`ranks go from 1 to a whole number up to ${RANKS_MAX}, not to ${count}`);
  }
  if (!(exponent >= 0 && exponent <= ZIPF_EXPONENT_MAX)) {
    throw new RangeError(`an exponent is a number from 0 to ${ZIPF_EXPONENT_MAX}, not ${exponent}`);
  }
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    sum += rank ** -exponent;
    upTo[rank - 1] = sum;
  }
  return (random) => {
    const drawn = random.next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] ?? sum) > drawn) high = middle;
      else low = middle + 1;
    }
    return low + 1;
  };
}
