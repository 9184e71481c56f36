import { createRandom, type Random } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { type Interval, type Observation, simultaneousIntervals } from './simultaneous-intervals.ts';

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Three quantities that hang together, all with the same truth. */
function drawPairs(count: number, truth: number, random: Random): readonly Observation[] {
  const columns: number[][] = [[], [], []];
  for (let pair = 0; pair < count; pair += 1) {
    const common = normal(random);
    for (const column of columns) column.push(truth + 0.7 * common + 0.7 * normal(random));
  }
  return columns.map((head) => ({ head, resolution: 0 }));
}

const options = (confidence: number, seed: string, resamples = 299) => ({
  confidence,
  random: createRandom(seed),
  resamples,
});

function widthOf(interval: Interval | undefined): number {
  return (interval?.high ?? 0) - (interval?.low ?? 0);
}

/** In how many of 200 draws some interval of nine in ten misses the truth: 20 are due, 29 are two deviations more. */
function missedCount(draw: (random: Random) => readonly Observation[], truth: number): number {
  let missed = 0;
  for (let round = 0; round < 200; round += 1) {
    const observations = draw(createRandom(`draw ${round}`));
    const intervals = simultaneousIntervals(observations, options(0.9, `resample ${round}`));
    if (intervals.some(({ low, high }) => low > truth || high < truth)) missed += 1;
  }
  return missed;
}

describe('simultaneous intervals', () => {
  it.each([5, 8, 12, 25])(
    'of three quantities in %d pairs miss the truth about as rarely as they say',
    (count) => {
      const missed = missedCount((random) => drawPairs(count, 3, random), 3);
      expect(missed).toBeLessThanOrEqual(29);
      // Nor are they so wide that they could say nothing: of many pairs they miss about as often as they say.
      if (count === 25) expect(missed).toBeGreaterThan(8);
    },
  );

  it.each([
    [6, 6],
    [5, 14],
  ])('of %d base and %d head runs miss the truth about as rarely as they say', (baseCount, headCount) => {
    const draw = (random: Random): readonly Observation[] => {
      const base = drawPairs(baseCount, 1, random);
      const head = drawPairs(headCount, 4, random);
      return head.map((side, index) => ({ ...side, base: base[index]?.head ?? [] }));
    };
    expect(missedCount(draw, 3)).toBeLessThanOrEqual(29);
  });

  it('grow narrower with more pairs and wider with more confidence', () => {
    const width = (count: number, confidence: number): number => {
      const [first] = simultaneousIntervals(
        drawPairs(count, 0, createRandom('width')),
        options(confidence, 'w', 1_999),
      );
      return widthOf(first);
    };
    expect(width(40, 0.95)).toBeLessThan(width(10, 0.95) / 1.5);
    expect(width(20, 0.99)).toBeGreaterThan(width(20, 0.9));
  });

  it('of a calm quantity hardly widen for a noisy neighbour', () => {
    const random = createRandom('neighbours');
    const calm = { head: Array.from({ length: 15 }, () => normal(random)), resolution: 0 };
    const noisy = {
      head: Array.from({ length: 15 }, () => normal(random) / random.next() ** 2),
      resolution: 0,
    };
    const alone = simultaneousIntervals([calm], options(0.95, 'a', 1_999))[0];
    const beside = simultaneousIntervals([calm, noisy], options(0.95, 'a', 1_999))[0];
    expect(widthOf(beside)).toBeLessThan(1.5 * widthOf(alone));
  });

  it('of what never varied are as wide as its resolution and the number of runs leave open', () => {
    const always = { head: Array.from({ length: 10 }, () => 0), resolution: 1 / 300 };
    const [interval] = simultaneousIntervals([always], options(0.95, 'constant'));
    // ln 20 ÷ 3,000 requests, the rule of three.
    expect(interval?.high).toBeCloseTo(Math.log(20) / 3_000, 12);
    expect(interval?.low).toBeCloseTo(-Math.log(20) / 3_000, 12);
  });

  it('are unbounded, and no error, where one run is all there is', () => {
    expect(simultaneousIntervals([{ head: [1], resolution: 0.1 }], options(0.95, 'one'))).toEqual([
      { center: 1, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    ]);
    expect(simultaneousIntervals([], options(0.95, 'none'))).toEqual([]);
  });

  it('are the same for the same seed', () => {
    const observations = drawPairs(12, 0, createRandom('same'));
    const once = simultaneousIntervals(observations, options(0.95, 'seed'));
    expect(simultaneousIntervals(observations, options(0.95, 'seed'))).toEqual(once);
    expect(simultaneousIntervals(observations, options(0.95, 'other'))).not.toEqual(once);
  });
});
