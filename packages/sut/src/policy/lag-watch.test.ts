import { type Clock, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { smoothedLagMs, watchLag } from './lag-watch.ts';
import { lagFigures } from './shedding-figures.ts';

/** Its timers come as late as they are told to. */
function lateClock(clock: ManualClock, lateMs: () => number): Clock {
  return {
    now: () => clock.now(),
    wallMs: () => clock.wallMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after: (ms, callback) => clock.after(ms + lateMs(), callback),
  };
}

it('follows a lag that stays, and forgets one that went', async () => {
  const clock = new ManualClock();
  let late = 0;
  let seen = Number.NaN;
  const watch = watchLag(
    lateClock(clock, () => late),
    (lagMs) => {
      seen = lagMs;
    },
  );
  await clock.advance(1_000);
  expect(seen).toBe(0);
  late = 300;
  await clock.advance(10_000);
  expect(seen).toBeGreaterThan(290);
  late = 0;
  await clock.advance(10_000);
  expect(seen).toBeLessThan(1);
  watch.close();
  expect(clock.waiting).toBe(0);
});

it('takes one stall of any length for one look', () => {
  expect(smoothedLagMs(0, 60_000)).toBe(lagFigures.weight * lagFigures.sampleMsMax);
  expect(smoothedLagMs(0, -5)).toBe(0);
});
