import { createRandom, ManualClock } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CATALOGUE_SIZE, choosePopularProduct, chooseUnknownProduct } from './catalogue-choice.ts';
import { randomUuid } from './random-uuid.ts';
import { answer, createScriptedVisit } from './scripted-visit.ts';

const seeds = fc.integer({ min: 0 }).map((seed) => createRandom(seed));

it('chooses products of the catalogue, and unknown ones outside it', () => {
  const visit = createScriptedVisit(new ManualClock(), () => answer(200));
  const seen = Array.from({ length: 20_000 }, () => choosePopularProduct(visit));
  expect(seen.every((id) => Number.isInteger(id) && id >= 1 && id <= CATALOGUE_SIZE)).toBe(true);
  expect(new Set(seen).size).toBeGreaterThan(2_000);
  fc.assert(
    fc.property(seeds, (random) => {
      expect(chooseUnknownProduct(random)).toBeGreaterThan(CATALOGUE_SIZE);
    }),
  );
});

it('makes UUIDs of version 4', () => {
  fc.assert(
    fc.property(seeds, (random) => {
      expect(randomUuid(random)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }),
  );
});
