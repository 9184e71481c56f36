import { expect, it } from 'vitest';
import { orderOfPair } from './pair-order.ts';

it('lets each side go first once in every two pairs', () => {
  for (let block = 0; block < 50; block += 1) {
    const first = [orderOfPair(2 * block, 7)[0], orderOfPair(2 * block + 1, 7)[0]];
    expect(first.toSorted()).toEqual(['a', 'b']);
  }
});

/** Who goes first in the first pair of each block. */
function firsts(seed: number): string {
  return Array.from({ length: 40 }, (_, block) => orderOfPair(2 * block, seed)[0]).join('');
}

it('leaves to chance which of the two, the same way for the same seed', () => {
  expect(firsts(1)).toBe(firsts(1));
  expect(firsts(1)).not.toBe(firsts(2));
  expect(firsts(1)).toMatch(/ab/);
  expect(firsts(1)).toMatch(/aa|bb/);
});
