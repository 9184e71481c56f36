import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacer } from './pacer.ts';
import { createPlan } from './plan.ts';
import type { Stage } from './stage.ts';

const constant = (forMs: number, perSecond: number, isWarmup = false): Stage => ({
  kind: 'constant',
  forMs,
  perSecond,
  isWarmup,
});
const ramp = (forMs: number, fromPerSecond: number, toPerSecond: number): Stage => ({
  kind: 'ramp',
  forMs,
  fromPerSecond,
  toPerSecond,
  isWarmup: false,
});
const steps = (forMs: number, fromPerSecond: number, toPerSecond: number, count: number): Stage => ({
  kind: 'steps',
  forMs,
  fromPerSecond,
  toPerSecond,
  steps: count,
  isWarmup: false,
});
const spike = (forMs: number, perSecond: number, spikePerSecond: number, spikeForMs: number): Stage => ({
  kind: 'spike',
  forMs,
  perSecond,
  spikePerSecond,
  spikeForMs,
  isWarmup: false,
});
const replay = (forMs: number, timesMs: readonly number[], journeys: readonly string[] = []): Stage => ({
  kind: 'replay',
  forMs,
  recorded: { timesMs: Float64Array.from(timesMs), journeys },
  isWarmup: false,
});
const evenly = { seed: 1, arrivals: 'constant', mix: { browse: 1 } } as const;
const atRandom = { ...evenly, arrivals: 'poisson' } as const;

const anyStage: fc.Arbitrary<Stage> = fc
  .record({
    kind: fc.constantFrom('constant', 'ramp', 'steps', 'spike'),
    forMs: fc.integer({ min: 1, max: 20_000 }),
    from: fc.double({ min: 0, max: 200, noNaN: true }),
    to: fc.double({ min: 0, max: 200, noNaN: true }),
    count: fc.integer({ min: 2, max: 9 }),
  })
  .map(({ kind, forMs, from, to, count }) => {
    switch (kind) {
      case 'ramp':
        return ramp(forMs, from, to);
      case 'steps':
        return steps(forMs, from, to, count);
      case 'spike':
        return spike(forMs, from, to, forMs / count);
      case 'constant':
        return constant(forMs, from);
    }
  });

/** Arrivals that a stage's rate adds up to, by its definition and not by its curve. */
function integralOf(stage: Stage): number {
  const seconds = stage.forMs / 1_000;
  switch (stage.kind) {
    case 'constant':
      return stage.perSecond * seconds;
    case 'ramp':
    case 'steps':
      return ((stage.fromPerSecond + stage.toPerSecond) / 2) * seconds;
    case 'spike':
      return (
        stage.perSecond * seconds + ((stage.spikePerSecond - stage.perSecond) * stage.spikeForMs) / 1_000
      );
    case 'replay':
      return stage.recorded.timesMs.length;
  }
}
const anyStages = fc.array(anyStage, { minLength: 1, maxLength: 6 });

describe('an even plan', () => {
  it('sends 500/s for 10 s as 5,000 requests, 2 ms apart, the first one at once', () => {
    const plan = createPlan([constant(10_000, 500)], evenly);
    const times = [...plan.startTimes()];
    expect(plan.count).toBe(5_000);
    expect(times).toHaveLength(5_000);
    expect(times[0]).toBe(0);
    expect(times[1]).toBeCloseTo(2, 9);
    expect(times.at(-1)).toBeCloseTo(9_998, 6);
  });

  it('does not gain a request from binary noise', () => {
    expect(createPlan([constant(10_000, 0.1)], evenly).count).toBe(1);
    expect(createPlan([constant(300, 10), constant(300, 10), constant(300, 10)], evenly).count).toBe(9);
    expect(
      createPlan(
        Array.from({ length: 10 }, () => constant(100, 7)),
        evenly,
      ).count,
    ).toBe(7);
  });

  it('makes a ramp denser as its rate rises', () => {
    const times = [...createPlan([ramp(10_000, 0, 100)], evenly).startTimes()];
    expect(times).toHaveLength(500);
    expect(times.filter((time) => time < 5_000)).toHaveLength(125);
  });

  it('follows a ramp down to nothing', () => {
    const times = [...createPlan([ramp(10_000, 100, 0)], evenly).startTimes()];
    expect(times).toHaveLength(500);
    expect(times.filter((time) => time < 5_000)).toHaveLength(375);
    expect(times.every((time) => Number.isFinite(time))).toBe(true);
  });

  it('climbs a staircase in equal steps', () => {
    const plan = createPlan([steps(4_000, 10, 40, 4)], evenly);
    const times = [...plan.startTimes()];
    const perSecond = [0, 1, 2, 3].map(
      (second) => times.filter((time) => Math.floor(time / 1_000) === second).length,
    );
    expect(perSecond).toEqual([10, 20, 30, 40]);
    expect([0, 999, 1_000, 3_500].map((ms) => plan.rateAt(ms))).toEqual([10, 10, 20, 40]);
  });

  it('has its spike in the middle', () => {
    const plan = createPlan([spike(10_000, 10, 100, 2_000)], evenly);
    const times = [...plan.startTimes()];
    expect(times).toHaveLength(280);
    expect(times.filter((time) => time >= 4_000 && time < 6_000)).toHaveLength(200);
  });

  it('sends nothing in a stage of rate 0', () => {
    const plan = createPlan([constant(1_000, 10), constant(5_000, 0), constant(1_000, 10)], evenly);
    const times = [...plan.startTimes()];
    expect(times).toHaveLength(20);
    expect(times.filter((time) => time >= 1_000 && time < 6_000)).toHaveLength(0);
    expect(times[10]).toBe(6_000);
  });

  it('ends the warm-up with the last warm-up stage', () => {
    expect(
      createPlan([constant(2_000, 5, true), constant(3_000, 5, true), constant(9_000, 5)], evenly)
        .warmupUntilMs,
    ).toBe(5_000);
    expect(createPlan([constant(9_000, 5)], evenly).warmupUntilMs).toBe(0);
  });

  it('knows its rate at any time', () => {
    const plan = createPlan([constant(1_000, 10), ramp(1_000, 10, 30)], evenly);
    expect([-1, 0, 999, 1_000, 1_500, 2_000].map((ms) => plan.rateAt(ms))).toEqual([0, 10, 10, 10, 20, 0]);
  });

  it('counts as many requests as the rate adds up to, in rising order', () => {
    fc.assert(
      fc.property(anyStages, (stages) => {
        const plan = createPlan(stages, evenly);
        const times = [...plan.startTimes()];
        const integral = stages.reduce((sum, stage) => sum + integralOf(stage), 0);
        expect(times).toHaveLength(plan.count);
        // A count is rounded to a millionth of an arrival before its fraction becomes one.
        expect(Math.abs(plan.count - integral)).toBeLessThanOrEqual(1 + 1e-6);
        expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true);
        expect(times.every((time) => time >= 0 && time <= plan.totalMs)).toBe(true);
      }),
    );
  });

  it('has sent, at any moment, what the rate adds up to by then', () => {
    fc.assert(
      fc.property(anyStages, fc.double({ min: 0, max: 1, noNaN: true }), (stages, fraction) => {
        const pacer = createPacer(stages);
        const atMs = fraction * pacer.totalMs;
        const sent = [...createPlan(stages, evenly).startTimes()].filter((time) => time < atMs).length;
        expect(Math.abs(sent - pacer.countUntil(atMs))).toBeLessThan(1.001);
      }),
    );
  });
});

describe('a recording', () => {
  it('is replayed to the millisecond, in its place among other stages, in either mode', () => {
    const stages = [constant(1_050, 10), replay(5_000, [0, 0.5, 700, 700, 4_999]), constant(1_000, 10)];
    for (const options of [evenly, atRandom]) {
      const plan = createPlan(stages, options);
      const times = [...plan.startTimes()];
      expect(times).toHaveLength(plan.count);
      expect(times.filter((time) => time >= 1_050 && time < 6_050)).toEqual([
        1_050, 1_050.5, 1_750, 1_750, 6_049,
      ]);
      expect(plan.totalMs).toBe(7_050);
    }
  });

  it('names the journeys that it has, and leaves the others to the mix', () => {
    const stages = [constant(1_000, 2), replay(1_000, [0, 10], ['search', 'cart']), replay(1_000, [5])];
    const plan = createPlan(stages, evenly);
    expect([0, 1, 2, 3, 4].map((index) => plan.journeyOf(index))).toEqual([
      'browse',
      'browse',
      'search',
      'cart',
      'browse',
    ]);
  });

  it('tells its rate as what came within half a second', () => {
    const pacer = createPacer([replay(2_000, [900, 1_000, 1_100, 1_800])]);
    expect(pacer.rateAt(1_000)).toBe(3);
    expect(pacer.countUntil(1_000)).toBe(1);
    expect(pacer.countUntil(1_000.5)).toBe(2);
    expect(pacer.total).toBe(4);
  });
});

describe('a Poisson plan', () => {
  it('is the same for the same seed, in count and in times, and another for another', () => {
    const stages = [ramp(5_000, 10, 50), constant(5_000, 50)];
    const plan = createPlan(stages, atRandom);
    const times = [...plan.startTimes()];
    expect(times).toHaveLength(plan.count);
    expect([...plan.startTimes()]).toEqual(times);
    expect([...createPlan(stages, atRandom).startTimes()]).toEqual(times);
    expect([...createPlan(stages, { ...atRandom, seed: 2 }).startTimes()]).not.toEqual(times);
  });

  it('has the mean and the spread of a Poisson process', () => {
    // 400 seeds of 100 expected arrivals: mean and variance are both 100.
    const counts = Array.from(
      { length: 400 },
      (_, seed) => createPlan([constant(1_000, 100)], { ...atRandom, seed }).count,
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Five standard errors: 0.5 for the mean, about 7 for the variance.
    expect(Math.abs(mean - 100)).toBeLessThan(2.5);
    expect(Math.abs(variance - 100)).toBeLessThan(36);
  });

  it('rises and stays inside the load', () => {
    fc.assert(
      fc.property(anyStages, fc.integer(), (stages, seed) => {
        const plan = createPlan(stages, { ...atRandom, seed });
        const times = [...plan.startTimes()];
        expect(times).toHaveLength(plan.count);
        expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true);
        expect(times.every((time) => time >= 0 && time <= plan.totalMs)).toBe(true);
      }),
    );
  });
});

describe('the mix', () => {
  it('gives each journey its share', () => {
    const plan = createPlan([constant(1_000, 1)], { ...evenly, mix: { browse: 70, search: 20, cart: 10 } });
    const seen: Record<string, number> = {};
    for (let index = 0; index < 10_000; index += 1) {
      const journey = plan.journeyOf(index);
      seen[journey] = (seen[journey] ?? 0) + 1;
    }
    // Six standard deviations of the largest (46).
    expect(Math.abs((seen['browse'] ?? 0) - 7_000)).toBeLessThan(280);
    expect(Math.abs((seen['search'] ?? 0) - 2_000)).toBeLessThan(280);
    expect(Math.abs((seen['cart'] ?? 0) - 1_000)).toBeLessThan(280);
  });

  it('never gives a journey of weight 0, and the same journey for the same index in any order', () => {
    const mix = { never: 0, browse: 1, cart: 1 };
    const forwards = createPlan([constant(1_000, 1)], { ...evenly, mix });
    const backwards = createPlan([constant(1_000, 1)], { ...evenly, mix });
    const first = Array.from({ length: 200 }, (_, index) => forwards.journeyOf(index));
    const second = Array.from({ length: 200 }, (_, index) => backwards.journeyOf(199 - index)).toReversed();
    expect(second).toEqual(first);
    expect(first).not.toContain('never');
  });

  it('refuses a mix without any weight', () => {
    expect(() => createPlan([constant(1_000, 1)], { ...evenly, mix: { browse: 0 } })).toThrow(
      'a mix needs a journey with a weight above 0',
    );
  });
});
