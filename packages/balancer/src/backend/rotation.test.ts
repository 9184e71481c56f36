import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  afterProbe,
  afterRefusal,
  initialRotation,
  isInRotation,
  type Rotation,
  type RotationRules,
} from './rotation.ts';

const rules: RotationRules = { riseCount: 2, fallCount: 3, ejectionMs: 1_000, isProbed: true };
const up: Rotation = { kind: 'up', failureCount: 0 };

const probeAll = (rotation: Rotation, answers: readonly boolean[], nowMs = 0): Rotation =>
  answers.reduce((state, isHealthy) => afterProbe(state, isHealthy, rules, nowMs), rotation);

it('begins out of rotation and comes in with the first good probe', () => {
  const begun = initialRotation(rules);
  expect(isInRotation(begun, rules, 0)).toBe(false);
  expect(probeAll(begun, [false, false])).toEqual(begun);
  expect(probeAll(begun, [false, true])).toEqual(up);
});

it('begins in rotation where nothing is probed', () => {
  const unprobed = { ...rules, isProbed: false };
  expect(isInRotation(initialRotation(unprobed), unprobed, 0)).toBe(true);
});

it('falls after three bad probes in a row, not after three in all', () => {
  expect(probeAll(up, [false, false, true, false, false]).kind).toBe('up');
  expect(probeAll(up, [false, false, false]).kind).toBe('down');
});

it('rises after two good probes in a row', () => {
  const down = probeAll(up, [false, false, false]);
  expect(probeAll(down, [true, false, true]).kind).toBe('down');
  expect(probeAll(down, [true, true])).toEqual(up);
});

it('goes out at the first refusal and stays out for the bounded time, whatever probes say', () => {
  const ejected = afterRefusal(up, rules, 500);
  expect(isInRotation(ejected, rules, 500)).toBe(false);
  expect(afterProbe(ejected, true, rules, 1_499)).toEqual(ejected);
  expect(afterProbe(ejected, false, rules, 9_000)).toEqual(ejected);
  expect(isInRotation(ejected, rules, 9_000)).toBe(false);
  expect(afterProbe(ejected, true, rules, 1_500)).toEqual(up);
});

it('comes back by time alone where nothing is probed', () => {
  const unprobed = { ...rules, isProbed: false };
  const ejected = afterRefusal(up, unprobed, 0);
  expect(isInRotation(ejected, unprobed, 999)).toBe(false);
  expect(isInRotation(ejected, unprobed, 1_000)).toBe(true);
});

it('is never in rotation right after a refusal, whatever happened before', () => {
  const steps = fc.array(fc.oneof(fc.boolean(), fc.constant('refused' as const)), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (history) => {
      let rotation = initialRotation(rules);
      for (const [second, step] of history.entries()) {
        const nowMs = second * 400;
        rotation =
          step === 'refused'
            ? afterRefusal(rotation, rules, nowMs)
            : afterProbe(rotation, step, rules, nowMs);
        if (step === 'refused') expect(isInRotation(rotation, rules, nowMs)).toBe(false);
      }
      // Good probes always bring it back in the end: no state is a trap.
      expect(isInRotation(probeAll(rotation, [true, true], 1_000_000), rules, 1_000_000)).toBe(true);
    }),
  );
});
