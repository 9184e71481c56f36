import { array, assert, double, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { certainDriftMs, createClockOffset } from './clock-offset.ts';

const anyTrip = record({
  atMs: double({ min: 0, max: 1e6, noNaN: true }),
  thereMs: double({ min: 0, max: 500, noNaN: true }),
  backMs: double({ min: 0, max: 500, noNaN: true }),
});

it('is never further from the truth than it says, however lopsided the ways are', () => {
  assert(
    property(
      array(anyTrip, { minLength: 1, maxLength: 40 }),
      double({ min: -1e9, max: 1e9, noNaN: true }),
      (trips, offsetMs) => {
        const clock = createClockOffset();
        for (const { atMs, thereMs, backMs } of trips) {
          clock.look({
            sentMs: atMs,
            theirMs: atMs + thereMs + offsetMs,
            receivedMs: atMs + thereMs + backMs,
          });
        }
        const estimate = clock.estimate();
        expect(Math.abs((estimate?.offsetMs ?? Number.NaN) - offsetMs)).toBeLessThanOrEqual(
          (estimate?.uncertaintyMs ?? 0) + 1e-5,
        );
      },
    ),
  );
});

it('knows nothing before the first look, and forgets old ones', () => {
  const clock = createClockOffset();
  expect(clock.estimate()).toBeUndefined();
  clock.look({ sentMs: 0, theirMs: 100, receivedMs: 0 });
  for (let place = 1; place <= 16; place += 1) {
    clock.look({ sentMs: place * 10, theirMs: place * 10 + 205, receivedMs: place * 10 + 10 });
  }
  expect(clock.estimate()).toEqual({ offsetMs: 200, uncertaintyMs: 5 });
});

it('calls a clock adrift only by what no margin explains', () => {
  const start = { offsetMs: 100, uncertaintyMs: 5 };
  expect(certainDriftMs(start, { offsetMs: 120, uncertaintyMs: 15 })).toBe(0);
  expect(certainDriftMs(start, { offsetMs: 140, uncertaintyMs: 5 })).toBe(30);
  expect(certainDriftMs(start, { offsetMs: 60, uncertaintyMs: 5 })).toBe(30);
});
