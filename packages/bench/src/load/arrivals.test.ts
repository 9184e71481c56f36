import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Arrivals, steeredArrivals } from './arrivals.ts';
import { createSteering } from './steering.ts';

interface Turn {
  readonly atMs: number;
  readonly factor: number;
}

/** Takes everything that is due, with the changes made at their time; the end is at `endMs`. */
function follow(times: readonly number[], turns: readonly Turn[], endMs: number): readonly number[] {
  const steering = createSteering();
  const arrivals: Arrivals = steeredArrivals(times.values(), steering, endMs);
  const seen: number[] = [];
  const takeUntil = (ms: number): void => {
    for (;;) {
      const dueMs = arrivals.dueMs();
      if (dueMs === undefined || dueMs > ms) return;
      seen.push(dueMs);
      arrivals.take();
    }
  };
  // Looked at beforehand, as the loop does: a change must take back what was reckoned without it.
  arrivals.onChange(() => undefined);
  for (const { atMs, factor } of turns) {
    takeUntil(atMs);
    steering.set(factor, atMs);
  }
  takeUntil(endMs);
  return seen;
}

const someTimes = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 }).map((gaps) => {
  let atMs = 0;
  return gaps.map((gap) => {
    atMs += gap;
    return atMs;
  });
});
/** Never in the very moment of an arrival: whether that one is before or after a change is anybody's guess. */
const someTurns = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 5_000 }).map((ms) => ms + 0.5),
      factor: fc.constantFrom(0, 0.1, 0.5, 1, 1.5, 2, 10),
    }),
    { maxLength: 12 },
  )
  .map((turns) => turns.toSorted((left, right) => left.atMs - right.atMs));

it('gives exactly the planned times when nobody steers', () => {
  fc.assert(
    fc.property(someTimes, (times) => {
      expect(follow(times, [], Number.MAX_SAFE_INTEGER)).toEqual(times);
    }),
  );
});

/** What a stretch between two planned starts is worth: one, spread evenly over its time, times the factors in it. */
function worthOf(fromMs: number, untilMs: number, edges: readonly Turn[]): number {
  if (untilMs === fromMs) {
    return edges.slice(0, -1).findLast(({ atMs }) => atMs <= fromMs)?.factor ?? 1;
  }
  return edges.slice(0, -1).reduce((sum, { atMs, factor }, place) => {
    const shared = Math.min(untilMs, edges[place + 1]?.atMs ?? untilMs) - Math.max(fromMs, atMs);
    return shared > 0 ? sum + (factor * shared) / (untilMs - fromMs) : sum;
  }, 0);
}

it('gives as many as the planned count grows by, multiplied by the factor of its time', () => {
  fc.assert(
    fc.property(someTimes, someTurns, (times, turns) => {
      const endMs = times.at(-1) ?? 0;
      const seen = follow(times, turns, endMs);
      const edges = [{ atMs: 0, factor: 1 }, ...turns, { atMs: endMs, factor: 1 }];
      let sum = 0;
      let fromMs = 0;
      for (const untilMs of times) {
        sum += worthOf(fromMs, untilMs, edges);
        fromMs = untilMs;
      }
      expect(Math.abs(seen.length - sum)).toBeLessThan(1.001);
      expect(seen).toEqual(seen.toSorted((left, right) => left - right));
    }),
  );
});

it.each([
  [0.5, [0, 20, 40, 60, 80]],
  [2, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85]],
])('spaces a steady rate evenly at %d times its plan', (factor, expected) => {
  const times = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];
  expect(follow(times, [{ atMs: 0.0001, factor }], 90).map((ms) => Math.round(ms))).toEqual(expected);
});
