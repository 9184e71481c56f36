import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheFigures } from './cache-figures.ts';
import { drawLifetimes, judgeEntry } from './freshness.ts';

const seeds = fc.integer().map((seed) => createRandom(seed));

describe('the lifetimes of an entry', () => {
  it('lie within a fifth of the usual ones, the soft never after the hard', () => {
    fc.assert(
      fc.property(fc.constantFrom('product' as const, 'absent' as const), seeds, (kind, random) => {
        const { softMs, hardMs } = drawLifetimes(kind, random);
        const usual = cacheFigures[kind];
        expect(Math.abs(softMs / usual.softMs - 1)).toBeLessThanOrEqual(0.201);
        expect(Math.abs(hardMs / usual.hardMs - 1)).toBeLessThanOrEqual(0.201);
        expect(softMs).toBeLessThanOrEqual(hardMs);
      }),
    );
  });

  it('differ for entries that are written together', () => {
    const random = createRandom(1);
    const lives = Array.from({ length: 1_000 }, () => drawLifetimes('product', random).softMs);
    expect(new Set(lives).size).toBeGreaterThan(900);
  });
});

/** The share of many readers who would refresh, so long before the end. */
function shareOfEarly(leftMs: number, loadMs: number): number {
  const random = createRandom(7);
  const looks = Array.from({ length: 4_000 }, () => judgeEntry({ softUntilMs: leftMs, loadMs }, 0, random));
  return looks.filter((look) => look === 'early').length / looks.length;
}

describe('the freshness of an entry', () => {
  const times = {
    softUntilMs: fc.integer({ min: 0, max: 1e12 }),
    loadMs: fc.integer({ min: 0, max: 1_000 }),
  };

  it('is over from its soft end on, whatever chance says', () => {
    fc.assert(
      fc.property(fc.record(times), fc.nat(1e6), seeds, (entry, lateMs, random) => {
        expect(judgeEntry(entry, entry.softUntilMs + lateMs, random)).toBe('stale');
      }),
    );
  });

  it('is never over before', () => {
    fc.assert(
      fc.property(fc.record(times), fc.integer({ min: 1, max: 1e6 }), seeds, (entry, earlyMs, random) => {
        expect(judgeEntry(entry, entry.softUntilMs - earlyMs, random)).not.toBe('stale');
      }),
    );
  });

  it('ends early the more often, the nearer the end and the costlier the load', () => {
    // The share of readers is e^(−left ÷ load) for an exponential law.
    for (const [leftMs, loadMs] of [
      [50, 100],
      [100, 100],
      [300, 100],
      [100, 400],
    ] as const) {
      expect(shareOfEarly(leftMs, loadMs)).toBeCloseTo(Math.exp(-leftMs / loadMs), 1);
    }
    expect(shareOfEarly(10_000, 5)).toBe(0);
  });
});
