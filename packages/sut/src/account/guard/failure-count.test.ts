import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countFailure, type FailureCount } from './failure-count.ts';
import { type LockoutFigures, lockouts } from './figures.ts';

const figures: LockoutFigures = {
  freeFailures: 3,
  firstLockSeconds: 2,
  lockSecondsMax: 10,
  forgetSeconds: 60,
};
const after = (failures: number, quietSeconds = 0): FailureCount => ({
  failures,
  quietSeconds,
  lockedMicroseconds: 0,
});

it('locks from the last free failure on, twice as long each time, up to the longest', () => {
  const locks = [0, 1, 2, 3, 4, 5, 50].map((failures) => countFailure(after(failures), figures).lockSeconds);
  expect(locks).toEqual([0, 0, 2, 4, 8, 10, 10]);
});

it('starts over after a quiet time', () => {
  expect(countFailure(after(40, 59), figures)).toEqual({ failures: 41, lockSeconds: 10 });
  expect(countFailure(after(40, 60), figures)).toEqual({ failures: 1, lockSeconds: 0 });
});

it('never shortens a lock while failures go on, and never exceeds the longest', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(lockouts)),
      fc.integer({ min: 0, max: 100_000 }),
      (row, failures) => {
        const first = countFailure(after(failures), row);
        const second = countFailure(after(first.failures), row);
        expect(second.lockSeconds).toBeGreaterThanOrEqual(first.lockSeconds);
        expect(second.lockSeconds).toBeLessThanOrEqual(row.lockSecondsMax);
      },
    ),
  );
});

it('allows under a hundred guesses of a password a day once it is locked', () => {
  const { lockSecondsMax } = lockouts.loginOfAccount;
  expect((24 * 3_600) / lockSecondsMax).toBeLessThan(100);
});
