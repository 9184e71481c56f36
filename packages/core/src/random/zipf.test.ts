import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { createZipf, ZIPF_EXPONENT_MAX } from './zipf.ts';

const DRAWS = 20_000;

/** How often each rank should be drawn. */
function probabilities(count: number, exponent: number): readonly number[] {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

it('draws each rank as often as the law says, for any count and exponent', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: ZIPF_EXPONENT_MAX, noNaN: true }),
      fc.integer({ min: 0 }),
      (count, exponent, seed) => {
        const draw = createZipf(count, exponent);
        const random = createRandom(seed);
        const counts = Array.from({ length: count }, () => 0);
        for (let index = 0; index < DRAWS; index += 1) {
          const rank = draw(random);
          counts[rank - 1] = (counts[rank - 1] ?? Number.NaN) + 1;
        }
        // Six standard deviations of a binomial: at some 5,000 ranks in all, one in 10^5 runs is wrong.
        for (const [index, probability] of probabilities(count, exponent).entries()) {
          const deviation = Math.sqrt(DRAWS * probability * (1 - probability));
          expect(Math.abs((counts[index] ?? 0) - DRAWS * probability)).toBeLessThanOrEqual(6 * deviation + 2);
        }
        expect(counts).toHaveLength(count);
      },
    ),
    { numRuns: 60 },
  );
});

it('takes one number of the stream for each draw', () => {
  const [drawn, plain] = [createRandom(7), createRandom(7)];
  const draw = createZipf(10_000, 1);
  for (let index = 0; index < 5; index += 1) {
    draw(drawn);
    plain.next();
  }
  expect(drawn.next()).toBe(plain.next());
});

it.each([
  [0, 1],
  [1.5, 1],
  [2_000_000, 1],
  [10, -0.1],
  [10, Number.NaN],
  [10, 6],
])('refuses %d ranks with the exponent %d', (count, exponent) => {
  expect(() => createZipf(count, exponent)).toThrow(RangeError);
});
