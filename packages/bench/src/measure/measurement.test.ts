import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { sampleAt } from '../../test/fixture/sample-at.ts';
import type { Sample } from '../load/sample.ts';
import { createMeasurement } from './measurement.ts';

const options = {
  totalMs: 10_000,
  warmupUntilMs: 1_000,
  sliceMs: 200,
  downBelow: 0.95,
  faults: [{ id: 'hole', startMs: 4_000, endMs: 6_000 }],
};

/** Sent a millisecond after it was due: the two latencies differ. */
function sample(intendedMs: number, latencyMs: number, more: Partial<Sample> = {}): Sample {
  return sampleAt(intendedMs, latencyMs, { sentMs: intendedMs + 1, ...more });
}

it('leaves the warm-up and what falls due after the end out of every figure, but not out of the ledger', () => {
  const measurement = createMeasurement(options);
  for (const intendedMs of [0, 999, 1_000, 9_999, 10_000]) measurement.add(sample(intendedMs, intendedMs));
  expect(measurement.count('planned', {})).toBe(2);
  expect(measurement.count('ok', { during: 'warmup' })).toBe(2);
  expect(measurement.latencyMs('max', {})).toBe(9_999);
  expect(measurement.ledger()).toMatchObject({ planned: 5, ok: 5 });
});

it('tells both latencies apart, with quantiles within 0.1 % and exact extremes', () => {
  const measurement = createMeasurement(options);
  for (let ms = 1; ms <= 1_000; ms += 1) measurement.add(sample(2_000, ms));
  const p90 = measurement.latencyMs(0.9, {}) ?? 0;
  expect(Math.abs(p90 - 900)).toBeLessThanOrEqual(0.9);
  expect(measurement.latencyMs('max', {})).toBe(1_000);
  expect(measurement.latencyMs('mean', {})).toBeCloseTo(500.5, 9);
  expect(measurement.latencyFromSendMs('max', {})).toBe(999);
  expect(measurement.latencyMs(0.5, { route: 'search' })).toBeUndefined();
});

it('filters by route, journey, outcome and phase', () => {
  const measurement = createMeasurement(options);
  measurement.add(sample(2_000, 5));
  measurement.add(sample(2_000, 9, { route: 'search', journey: 'search' }));
  measurement.add(sample(4_500, 250, { outcome: 'timeout', status: undefined }));
  measurement.add(sample(7_000, 7));
  expect(measurement.count('planned', { route: 'product' })).toBe(3);
  expect(measurement.count('planned', { journey: 'search' })).toBe(1);
  expect(measurement.count('ok', { during: 'baseline' })).toBe(2);
  expect(measurement.count('timeout', { during: 'hole' })).toBe(1);
  expect(measurement.count('planned', { during: 'recovery' })).toBe(1);
  expect(measurement.latencyMs('max', { outcome: 'timeout' })).toBe(250);
  expect(measurement.measuredMs({ during: 'hole' })).toBe(2_000);
});

it('lets somebody look on without deciding what waits for news of a fault', () => {
  const measurement = createMeasurement(options);
  measurement.add(sample(2_000, 5));
  // Due when the fault should have begun; it begins a little later, and is heard of later still.
  measurement.add(sample(4_005, 900));
  expect(measurement.sofar.count('planned', {})).toBe(1);
  expect(measurement.sofar.latencyMs('max', { during: 'hole' })).toBeUndefined();
  measurement.faultApplied('hole', 4_010);
  expect(measurement.sofar.count('planned', { during: 'baseline' })).toBe(2);
  expect(measurement.count('planned', { during: 'hole' })).toBe(0);
  expect(measurement.latencyMs('max', { during: 'baseline' })).toBe(900);
});

it('tells apart what happened while a fault was on that nobody had planned', () => {
  const measurement = createMeasurement({ ...options, faults: [] });
  measurement.add(sample(2_000, 5));
  measurement.faultPlanned({ id: 'hand-1', startMs: 3_000, endMs: 8_000 });
  measurement.faultApplied('hand-1', 3_002);
  measurement.add(sample(3_500, 70));
  measurement.faultReverted('hand-1', 4_000);
  measurement.add(sample(5_000, 6));
  expect(measurement.count('planned', { during: 'hand-1' })).toBe(1);
  expect(measurement.latencyMs('max', { during: 'hand-1' })).toBe(70);
  expect(measurement.count('planned', { during: 'recovery' })).toBe(1);
  expect(measurement.faultWindows()).toEqual([{ id: 'hand-1', startMs: 3_002, endMs: 4_000 }]);
});

it('counts dropped requests without giving them a latency', () => {
  const measurement = createMeasurement(options);
  measurement.add(sample(2_000, 0, { outcome: 'dropped', sentMs: undefined, status: undefined }));
  expect(measurement.count('dropped', {})).toBe(1);
  expect(measurement.latencyMs('max', {})).toBeUndefined();
  expect(measurement.availability()).toBe(1 - 200 / 1_200);
});

describe('a fault whose actual times differ from the planned ones', () => {
  it('tags what ended before the news by the actual time', () => {
    const measurement = createMeasurement(options);
    for (const intendedMs of [3_990, 4_005, 4_030]) measurement.add(sample(intendedMs, 2));
    measurement.faultApplied('hole', 4_020);
    for (const intendedMs of [4_100, 5_999, 6_010, 6_200]) measurement.add(sample(intendedMs, 2));
    measurement.faultReverted('hole', 6_050);
    measurement.add(sample(6_300, 2));
    expect(measurement.count('ok', { during: 'baseline' })).toBe(2);
    expect(measurement.count('ok', { during: 'hole' })).toBe(4);
    expect(measurement.count('ok', { during: 'recovery' })).toBe(2);
    expect(measurement.measuredMs({ during: 'hole' })).toBe(2_030);
  });

  it('goes by the plan where no news ever came', () => {
    const measurement = createMeasurement(options);
    for (const intendedMs of [3_999, 4_000, 5_999, 6_000]) measurement.add(sample(intendedMs, 2));
    expect(measurement.count('ok', { during: 'baseline' })).toBe(1);
    expect(measurement.count('ok', { during: 'hole' })).toBe(2);
    expect(measurement.count('ok', { during: 'recovery' })).toBe(1);
  });
});

it('derives availability, outages and recovery from the slices', () => {
  const measurement = createMeasurement(options);
  for (let ms = 1_000; ms < 10_000; ms += 10) {
    const isDown = ms >= 4_000 && ms < 5_000;
    measurement.add(sample(ms, 3, isDown ? { outcome: 'httpError', status: 500 } : {}));
  }
  expect(measurement.availability()).toBeCloseTo(1 - 1 / 9, 12);
  expect(measurement.outages()).toEqual([{ startMs: 4_000, endMs: 5_000, faults: ['hole'] }]);
  expect(measurement.longestOutageMs()).toBe(1_000);
  expect(measurement.recoveryMs('hole')).toEqual({ fromStartMs: 1_000, fromEndMs: 0 });
  expect(measurement.recoveryMs('other')).toBeUndefined();
  expect(measurement.errorBudget(0.99).usedShare).toBeCloseTo(1_000 / 90, 6);
});

it('measures no further than the load came', () => {
  const measurement = createMeasurement(options);
  expect(measurement.availability()).toBeUndefined();
  expect(measurement.longestOutageMs()).toBeUndefined();
  measurement.add(sample(1_500, 3));
  expect(measurement.measuredMs({})).toBe(600);
  measurement.endAt(1_550);
  expect(measurement.measuredMs({})).toBe(550);
});

it('lists every second with its counts and quantiles', () => {
  const measurement = createMeasurement(options);
  measurement.add(sample(2_100, 40));
  measurement.add(sample(2_200, 60, { outcome: 'httpError', status: 500 }));
  const rows = measurement.seconds();
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ startMs: 0, planned: 0, p50Ms: undefined });
  expect(rows[2]).toMatchObject({ startMs: 2_000, planned: 2, maxMs: 60, outcomes: { ok: 1, httpError: 1 } });
  expect(rows[2]?.p50Ms).toBeCloseTo(40, 1);
});

it('writes a latency log that other readers of the format understand', () => {
  const measurement = createMeasurement(options);
  for (let ms = 0; ms < 3_000; ms += 10) measurement.add(sample(ms, 20));
  const text = measurement.latencyLog(1_700_000_000_000);
  const reader = new HistogramLogReader(text);
  const intervals = [];
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
    intervals.push(next);
  }
  expect(intervals.map(({ totalCount }) => totalCount)).toEqual([100, 100, 100]);
  expect(intervals[1]?.startTimeStampMsec).toBe(1_700_000_001_000);
  expect(intervals[1]?.maxValue).toBeGreaterThanOrEqual(20_000);
  expect(text).toContain('[Histogram log format version 1.3]');
});

it('keeps its memory flat: only kinds of requests and seconds cost any', () => {
  const measurement = createMeasurement({ ...options, faults: [] });
  const addMany = (count: number): void => {
    for (let round = 0; round < count; round += 1) measurement.add(sample(round % 10_000, round % 300));
  };
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedBytes = (): number => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  addMany(20_000);
  const before = usedBytes();
  addMany(300_000);
  // Kept, 300,000 samples would be over 20 MB.
  expect(usedBytes() - before).toBeLessThan(2_000_000);
  expect(measurement.ledger().planned).toBe(320_000);
});
