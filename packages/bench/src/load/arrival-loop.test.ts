import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { runArrivals } from './arrival-loop.ts';
import { plannedArrivals, steeredArrivals } from './arrivals.ts';
import { createSteering } from './steering.ts';

function start(startTimes: readonly number[], clock = new ManualClock(1_000)) {
  const launched: (readonly [index: number, intendedMs: number, atMs: number])[] = [];
  const ending = new AbortController();
  const running = runArrivals({
    arrivals: plannedArrivals(startTimes.values()),
    clock,
    zeroMs: 1_000,
    signal: ending.signal,
    launch: (index, intendedMs) => launched.push([index, intendedMs, clock.now() - 1_000]),
  });
  return { launched, clock, ending, running };
}

it('launches each arrival at its time, in order', async () => {
  const { launched, clock, running } = start([0, 10, 10, 25.5]);
  await clock.advance(100);
  await running;
  expect(launched).toEqual([
    [0, 0, 0],
    [1, 10, 10],
    [2, 10, 10],
    [3, 25.5, 25.5],
  ]);
});

it('catches up after a stall: late, but with the intended start, and none is lost or invented', async () => {
  class StallingClock extends ManualClock {
    stallMs = 0;
    override now(): number {
      return super.now() + this.stallMs;
    }
  }
  const clock = new StallingClock(1_000);
  const times = Array.from({ length: 1_000 }, (_, index) => index);
  const { launched, running } = start(times, clock);
  await clock.advance(10);
  const before = launched.length;
  clock.stallMs = 500;
  await clock.advance(600);
  await running;
  expect(before).toBe(11);
  expect(launched.map(([index]) => index)).toEqual(times);
  expect(launched.map(([, intendedMs]) => intendedMs)).toEqual(times);
  expect(launched[100]?.[2]).toBeGreaterThanOrEqual(510);
  expect(launched[900]?.[2]).toBeLessThan(902);
});

it('stops at once when aborted', async () => {
  const { launched, clock, ending, running } = start([0, 10, 20]);
  await clock.advance(10);
  ending.abort();
  await running;
  await clock.advance(100);
  expect(launched).toHaveLength(2);
  expect(clock.waiting).toBe(0);
});

it('rejects when launching throws', async () => {
  const running = runArrivals({
    arrivals: plannedArrivals([0].values()),
    clock: new ManualClock(),
    zeroMs: 0,
    signal: new AbortController().signal,
    launch: () => {
      throw new TypeError('no such journey');
    },
  });
  await expect(running).rejects.toThrow('no such journey');
});

it('stands still while it is paused, goes on when it is resumed, and ends with its plan', async () => {
  const clock = new ManualClock(1_000);
  const steering = createSteering();
  const launched: number[] = [];
  const times = Array.from({ length: 100 }, (_, index) => index * 10);
  const running = runArrivals({
    arrivals: steeredArrivals(times.values(), steering, 1_000),
    clock,
    zeroMs: 1_000,
    signal: new AbortController().signal,
    launch: (_, intendedMs) => launched.push(intendedMs),
  });
  const steer = async (factor: number, untilMs: number): Promise<void> => {
    steering.set(factor, clock.now() - 1_000);
    await clock.advance(untilMs - (clock.now() - 1_000));
  };
  await clock.advance(205);
  await steer(0, 505);
  expect(launched).toHaveLength(21);
  await steer(2, 705);
  expect(launched.length).toBeGreaterThanOrEqual(60);
  await steer(0, 1_100);
  await running;
  expect(launched).toHaveLength(61);
  expect(clock.waiting).toBe(0);
});

it('lasts as long as its plan, whatever time nothing is due at its end', async () => {
  const clock = new ManualClock();
  let isOver = false;
  const running = runArrivals({
    arrivals: steeredArrivals([0, 10].values(), createSteering(), 5_000),
    clock,
    zeroMs: 0,
    signal: new AbortController().signal,
    launch: () => undefined,
  }).then(() => {
    isOver = true;
  });
  await clock.advance(4_900);
  expect(isOver).toBe(false);
  await clock.advance(100);
  await running;
});
