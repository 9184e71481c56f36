import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepLengthMs } from './step-length.ts';

describe('the length of a step', () => {
  it.each([
    [10_000, 1_000],
    [600_000, 1_000],
    [600_001, 2_000],
    [3_600_000, 10_000],
    [86_400_000, 300_000],
    [30 * 86_400_000, 4_320_000],
  ])('is for a plan of %i ms %i ms', (totalMs, stepMs) => {
    expect(stepLengthMs(totalMs)).toBe(stepMs);
  });

  it('never makes more than 600 steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 * 86_400_000 }), (totalMs) => {
        expect(Math.ceil(totalMs / stepLengthMs(totalMs))).toBeLessThanOrEqual(600);
      }),
    );
  });
});
