import { createRandom } from '@stormcart/core';

/** Chooses a journey for each arrival by weight; the same seed and index always give the same journey. */
export function createMix(
  weights: Readonly<Record<string, number>>,
  seed: number,
): (index: number) => string {
  const shares: { readonly journey: string; readonly upTo: number }[] = [];
  let sum = 0;
  for (const [journey, weight] of Object.entries(weights)) {
    if (weight <= 0) continue;
    sum += weight;
    shares.push({ journey, upTo: sum });
  }
  const last = shares.at(-1);
  if (last === undefined) throw new RangeError('a mix needs a journey with a weight above 0');
  // Nothing to choose: at 10,000 arrivals a second even a draw would cost.
  if (shares.length === 1) return () => last.journey;
  return (index) => {
    // A stream of its own per arrival: any one can be asked for without having drawn those before it.
    const drawn = createRandom(`${seed}/journey/${index}`).next() * sum;
    return (shares.find((share) => drawn < share.upTo) ?? last).journey;
  };
}
