import { assert, double, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { createPlan } from './plan.ts';
import { arrivalOf, countOf, type Share, startTimesOf } from './share.ts';
import type { ArrivalMode, Stage } from './stage.ts';

/** Rates that no number of shares divides. */
const anyPlan = record({
  perSecond: double({ min: 0.1, max: 700, noNaN: true }),
  forMs: integer({ min: 1, max: 7_000 }),
  of: integer({ min: 1, max: 17 }),
  seed: integer({ min: 0, max: 1_000 }),
  arrivals: integer({ min: 0, max: 1 }).map((place): ArrivalMode => (place === 0 ? 'constant' : 'poisson')),
});

it('gives every arrival of any plan to exactly one share, with its time and its journey', () => {
  assert(
    property(anyPlan, ({ perSecond, forMs, of, seed, arrivals }) => {
      const stages: readonly Stage[] = [{ kind: 'constant', forMs, perSecond, isWarmup: false }];
      const plan = createPlan(stages, { seed, arrivals, mix: { browse: 3, buy: 1 } });
      const shares = Array.from({ length: of }, (_, index): Share => ({ index, of }));
      const taken = shares.flatMap((share) =>
        [...startTimesOf(plan.startTimes(), share)].map((startMs, place) => ({
          arrival: arrivalOf(share, place),
          startMs,
        })),
      );
      expect(taken.length).toBe(plan.count);
      expect(shares.reduce((sum, share) => sum + countOf(share, plan.count), 0)).toBe(plan.count);
      const inOrder = taken.toSorted((left, right) => left.arrival - right.arrival);
      expect(inOrder.map(({ arrival }) => arrival)).toEqual(inOrder.map((_, index) => index));
      expect(inOrder.map(({ startMs }) => startMs)).toEqual([...plan.startTimes()]);
    }),
  );
});

it('counts what a share yields, also where there are more shares than arrivals', () => {
  for (const count of [0, 1, 4, 7]) {
    const times = Array.from({ length: count }, (_, index) => index);
    for (let index = 0; index < 5; index += 1) {
      const share = { index, of: 5 };
      expect(countOf(share, count)).toBe([...startTimesOf(times.values(), share)].length);
    }
  }
});
