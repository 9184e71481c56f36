import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CATALOGUE_SIZE, choosePopularProduct, chooseUnknownProduct } from './catalogue-choice.ts';
import { randomUuid } from './random-uuid.ts';

const seeds = fc.integer({ min: 0 }).map((seed) => createRandom(seed));

it('chooses products of the catalogue, and unknown ones outside it', () => {
  fc.assert(
    fc.property(seeds, (random) => {
      const known = choosePopularProduct(random);
      expect(Number.isInteger(known) && known >= 1 && known <= CATALOGUE_SIZE).toBe(true);
      expect(chooseUnknownProduct(random)).toBeGreaterThan(CATALOGUE_SIZE);
    }),
  );
});

it('wants the tenth product about a tenth as often as the first', () => {
  const random = createRandom(1);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 200_000; draw += 1) {
    const id = choosePopularProduct(random);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  // log(2)/log(10001) of all draws, and log(11/10)/log(10001).
  expect((counts.get(1) ?? 0) / 200_000).toBeCloseTo(0.0753, 2);
  expect((counts.get(1) ?? 0) / (counts.get(10) ?? 1)).toBeCloseTo(7.3, -0.5);
  // The long tail is visited, too.
  expect(counts.size).toBeGreaterThan(6_000);
});

it('makes UUIDs of version 4', () => {
  fc.assert(
    fc.property(seeds, (random) => {
      expect(randomUuid(random)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }),
  );
});
