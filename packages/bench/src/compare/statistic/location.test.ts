import { describe, expect, it } from 'vitest';
import { locate } from './location.ts';

const of = (...values: readonly number[]) => locate(Float64Array.from(values));

describe('a location', () => {
  it('is the plain mean with its usual standard error below eight values', () => {
    const { center, error } = of(4, 2, 9, 5);
    expect(center).toBe(5);
    // Deviations -1, -3, 4, 0: 26 ÷ (4 × 3).
    expect(error).toBeCloseTo(Math.sqrt(26 / 12), 12);
  });

  it('leaves one value out at each end of eight, and counts them as their neighbours for the error', () => {
    const { center, error } = of(100, 3, 1, 2, 6, 5, 4, -50);
    expect(center).toBe(3.5);
    // Winsorized: 1 1 2 3 4 5 6 6, mean 3.5, squares 2 × (6.25 + 6.25 + 2.25 + 0.25); six are kept.
    expect(error).toBeCloseTo(Math.sqrt(30 / (6 * 5)), 12);
  });

  it('hardly moves when one run of ten takes ten times as long', () => {
    const calm = [10.1, 9.8, 10.3, 9.9, 10, 10.2, 9.7, 10.1, 9.9, 10];
    const disturbed = calm.with(3, 100);
    expect(Math.abs(of(...disturbed).center - of(...calm).center)).toBeLessThan(0.1);
    expect(of(...disturbed).error).toBeLessThan(3 * of(...calm).error);
  });

  it('does not depend on the order and leaves the values as they are', () => {
    const values = Float64Array.from([8, 1, 7, 2, 6, 3, 5, 4, 9]);
    expect(locate(values)).toEqual(locate(values.toReversed()));
    expect([...values]).toEqual([8, 1, 7, 2, 6, 3, 5, 4, 9]);
  });

  it('of one value may be off by anything', () => {
    expect(of(3)).toEqual({ center: 3, error: Number.POSITIVE_INFINITY });
  });
});
