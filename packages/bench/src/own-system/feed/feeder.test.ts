import { AppError, createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPlan } from '../../plan/plan.ts';
import type { FeedOrder } from './feed.ts';
import { createFeeder, turnsInPlan } from './feeder.ts';

function feederOf(order: FeedOrder, count: number) {
  const rows = Array.from({ length: count }, (_, index) => [index]);
  return createFeeder('users', { file: 'users.csv', order, records: { fields: ['id'], rows, lines: [] } });
}

function drawn(order: FeedOrder, count: number, draws: number, seed = 1): readonly unknown[] {
  const feeder = feederOf(order, count);
  const random = createRandom(seed);
  return Array.from({ length: draws }, () => feeder(random, 0)[0]);
}

const sizes = [fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 100 })] as const;

it('hands out records in turn, again from the first after the last', () => {
  fc.assert(
    fc.property(...sizes, (count, draws) => {
      expect(drawn('in-turn', count, draws)).toEqual(Array.from({ length: draws }, (_, n) => n % count));
    }),
  );
});

it('hands out each record once, and then an error instead of a second time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), (count) => {
      const feeder = feederOf('once', count);
      const random = createRandom(1);
      const seen = Array.from({ length: count }, () => feeder(random, 0)[0]);
      expect(seen).toEqual(Array.from({ length: count }, (_, n) => n));
      expect(() => feeder(random, 0)).toThrow(AppError);
      expect(() => feeder(random, 0)).toThrow(
        `every one of the ${count} records of the feed users (users.csv)`,
      );
    }),
  );
});

it('hands out any record at random, all of them alike and the same ones for the same seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0 }), (count, seed) => {
      const draws = drawn('random', count, 4_000, seed);
      expect(draws).toEqual(drawn('random', count, 4_000, seed));
      const mean = 4_000 / count;
      for (let record = 0; record < count; record += 1) {
        const times = draws.filter((value) => value === record).length;
        expect(Math.abs(times - mean)).toBeLessThanOrEqual(6 * Math.sqrt(mean));
      }
    }),
    { numRuns: 30 },
  );
});

it('gives each visit the record that it would get if one process sent all, whoever sends it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), (shareCount, seed) => {
      const stages = [{ kind: 'constant', forMs: 2_000, perSecond: 40, isWarmup: false } as const];
      const mix = { login: 2, buy: 1, look: 3 };
      const plan = createPlan(stages, { seed, arrivals: 'constant', mix });
      const users = new Set(['login', 'buy']);
      const arrivals = Array.from({ length: plan.count }, (_, index) => index).filter((index) =>
        users.has(plan.journeyOf(index)),
      );
      const random = createRandom(1);
      const records = { fields: ['id'], rows: arrivals.map((_, row) => [row]), lines: [] };
      const shares = Array.from({ length: shareCount }, (_, share) => {
        const turnOf = turnsInPlan((arrival) => plan.journeyOf(arrival), users);
        const feeder = createFeeder('users', { file: 'users.csv', order: 'once', records }, turnOf);
        return arrivals
          .filter((arrival) => arrival % shareCount === share)
          .map((arrival) => [arrival, feeder(random, arrival)[0]] as const);
      });
      expect(shares.flat().toSorted(([left], [right]) => left - right)).toEqual(
        arrivals.map((arrival, row) => [arrival, row]),
      );
    }),
  );
});
