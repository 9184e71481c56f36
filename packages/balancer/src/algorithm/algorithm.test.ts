import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Algorithm, Candidate } from './algorithm.ts';
import { algorithmNames, createAlgorithm } from './table.ts';

const candidatesOf = (weights: readonly number[]): readonly Candidate[] =>
  weights.map((weight, index) => ({ name: `shop/${index + 1}`, weight, inFlight: 0 }));

const from = (clientAddress: string): { readonly clientAddress: string } => ({ clientAddress });

const pickNames = (
  algorithm: Algorithm,
  candidates: readonly Candidate[],
  count: number,
): (string | undefined)[] =>
  Array.from(
    { length: count },
    (_, index) => algorithm.pick(candidates, from(`10.0.0.${index % 256}`))?.name,
  );

const countByName = (names: readonly (string | undefined)[]): Map<string | undefined, number> => {
  const counts = new Map<string | undefined, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

const weightLists = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

describe.each(algorithmNames)('%s', (name) => {
  it('picks one of the candidates, whoever they are this time, and nobody when there are none', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), { maxLength: 30 }), (rounds) => {
        const algorithm = createAlgorithm(name);
        for (const [index, members] of rounds.entries()) {
          const candidates = [...new Set(members)].map((member) => ({
            name: `b/${member}`,
            weight: member + 1,
            inFlight: member,
          }));
          const picked = algorithm.pick(candidates, from(`10.1.0.${index}`));
          if (candidates.length === 0) expect(picked).toBeUndefined();
          else expect(candidates).toContain(picked);
        }
      }),
    );
  });
});

it('round-robin takes everybody in turn, weights ignored', () => {
  const names = pickNames(createAlgorithm('round-robin'), candidatesOf([1, 9, 1]), 7);
  expect(names).toEqual(['shop/1', 'shop/2', 'shop/3', 'shop/1', 'shop/2', 'shop/3', 'shop/1']);
});

it('round-robin goes on when the list shrinks and grows', () => {
  const algorithm = createAlgorithm('round-robin');
  const all = candidatesOf([1, 1, 1]);
  expect(pickNames(algorithm, all, 2)).toEqual(['shop/1', 'shop/2']);
  expect(pickNames(algorithm, all.slice(0, 1), 2)).toEqual(['shop/1', 'shop/1']);
  expect(pickNames(algorithm, all, 3)).toEqual(['shop/2', 'shop/3', 'shop/1']);
});

it('weighted-round-robin spreads 5, 1, 1 as nginx does', () => {
  const names = pickNames(createAlgorithm('weighted-round-robin'), candidatesOf([5, 1, 1]), 7);
  expect(names).toEqual(['shop/1', 'shop/1', 'shop/2', 'shop/1', 'shop/3', 'shop/1', 'shop/1']);
});

it('weighted-round-robin gives each exactly its weight per cycle, and never runs far ahead', () => {
  fc.assert(
    fc.property(weightLists, fc.integer({ min: 1, max: 3 }), (weights, cycles) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const candidates = candidatesOf(weights);
      const names = pickNames(createAlgorithm('weighted-round-robin'), candidates, total * cycles);
      const counts = countByName(names);
      for (const { name, weight } of candidates) expect(counts.get(name)).toBe(weight * cycles);
      // Smoothness: at any moment nobody is a whole cycle's share away from what is due.
      const seen = new Map<string | undefined, number>();
      for (const [index, name] of names.entries()) {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        for (const candidate of candidates) {
          const due = ((index + 1) * candidate.weight) / total;
          expect(Math.abs((seen.get(candidate.name) ?? 0) - due)).toBeLessThan(candidates.length);
        }
      }
    }),
    { numRuns: 50 },
  );
});

it('least-connections takes the fewest requests in flight per weight', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), inFlight: fc.nat({ max: 50 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      (loads) => {
        const candidates = loads.map((load, index) => ({ name: `b/${index}`, ...load }));
        const picked = createAlgorithm('least-connections').pick(candidates, from('10.0.0.1'));
        const least = Math.min(...candidates.map((one) => one.inFlight / one.weight));
        expect(picked === undefined ? undefined : picked.inFlight / picked.weight).toBe(least);
      },
    ),
  );
});

it('least-connections lets equals take turns', () => {
  const names = pickNames(createAlgorithm('least-connections'), candidatesOf([1, 1, 1]), 6);
  expect(names).toEqual(['shop/1', 'shop/2', 'shop/3', 'shop/1', 'shop/2', 'shop/3']);
});

it('ip-hash keeps a client where it is, and moves only those of a back end that left', () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(weightLists, fc.array(addresses, { maxLength: 50 }), fc.nat(), (weights, clients, gone) => {
      const candidates = candidatesOf(weights);
      const algorithm = createAlgorithm('ip-hash');
      const left = candidates[gone % candidates.length];
      const others = candidates.filter((one) => one !== left);
      for (const client of clients) {
        const home = algorithm.pick(candidates, from(client));
        expect(algorithm.pick(candidates.toReversed(), from(client))).toBe(home);
        if (home !== left) expect(algorithm.pick(others, from(client))).toBe(home);
      }
    }),
  );
});

it('ip-hash spreads neighbouring addresses in proportion to the weights', () => {
  const candidates = candidatesOf([1, 2, 5]);
  const algorithm = createAlgorithm('ip-hash');
  const clients = Array.from({ length: 16_384 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const counts = countByName(clients.map((client) => algorithm.pick(candidates, from(client))?.name));
  // Four standard deviations of a binomial with 16,384 draws are under 1.6 % of them.
  for (const { name, weight } of candidates) {
    expect(Math.abs((counts.get(name) ?? 0) / clients.length - weight / 8)).toBeLessThan(0.016);
  }
});
