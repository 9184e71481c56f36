import { expect, it } from 'vitest';
import { checkGenerator, type GeneratorFigures, generatorLimitsFor } from './self-check.ts';

const fit: GeneratorFigures = {
  slipMsP50: 0.6,
  slipMsP99: 2,
  slipMsMax: 480,
  loopLagMsP99: 3,
  loopLagMsMax: 480,
  loopBusyShare: 0.2,
  arrivals: 2_000,
  plannedPerSecond: 40,
  achievedPerSecond: 39.9,
};

it('forgives a single hiccup', () => {
  expect(checkGenerator(fit)).toEqual({ isSaturated: false, reasons: [], figures: fit });
});

it.each([
  [{ slipMsP99: 80 }, /sent 80\.0 ms late or more; 50 ms is allowed/],
  [{ loopLagMsP99: 70 }, /lagged 70\.0 ms at p99/],
  [{ achievedPerSecond: 30 }, /30\.0 arrivals\/s were achieved of 40\.0\/s planned/],
])('is saturated with %j, and says why', (worse, reason) => {
  const { isSaturated, reasons } = checkGenerator({ ...fit, ...worse });
  expect(isSaturated).toBe(true);
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(reason);
});

it('does not mistake a few milliseconds of a tiny run for a missed rate', () => {
  const tiny = { ...fit, arrivals: 2, plannedPerSecond: 200, achievedPerSecond: 150 };
  expect(checkGenerator(tiny).isSaturated).toBe(false);
});

it('asks more of the generator when a latency gate is finer than the slices', () => {
  expect(generatorLimitsFor(undefined).slipMsP99Max).toBe(50);
  expect(generatorLimitsFor(1_000).slipMsP99Max).toBe(50);
  expect(generatorLimitsFor(40).slipMsP99Max).toBe(10);
  expect(generatorLimitsFor(4).slipMsP99Max).toBe(5);
});

it('is not fit when its own machine kept it from connecting, however rarely', () => {
  const checked = checkGenerator({ ...fit, unopenedCount: 1 });
  expect(checked.isSaturated).toBe(true);
  expect(checked.reasons.join()).toContain('1 connections could not be opened');
});
