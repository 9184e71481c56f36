import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleAt } from '../../test/fixture/sample-at.ts';
import { evaluateGate } from '../judge/evaluate-gate.ts';
import type { Gate } from '../judge/gate.ts';
import { parseGate } from '../judge/parse-gate.ts';
import type { Sample } from '../load/sample.ts';
import { createMeasurement, type Measurement } from './measurement.ts';
import { createSampleLog } from './sample-log.ts';

const WARMUP_MS = 1_000;
const TOTAL_MS = 21_000;
const SLICE_MS = 200;
const faults = [{ id: 'hole', startMs: 8_000, endMs: 12_000 }];

function gateOf(text: string): Gate {
  const parsed = parseGate(text, 1);
  if (parsed.kind === 'bad') throw new Error(parsed.problems.map(({ message }) => message).join());
  return parsed.gate;
}

function measured(samples: readonly Sample[], keepsSamples = true): Measurement {
  const options = { totalMs: TOTAL_MS, warmupUntilMs: WARMUP_MS, sliceMs: SLICE_MS, downBelow: 0.95 };
  const measurement = createMeasurement({ ...options, faults, keepsSamples });
  for (const sample of samples) measurement.add(sample);
  measurement.endAt(TOTAL_MS);
  return measurement;
}

/** 10 a second for all of the time; slow in these seconds. */
function withSlowSeconds(fromMs: number, untilMs: number): readonly Sample[] {
  return Array.from({ length: TOTAL_MS / 100 }, (_, place) => {
    const intendedMs = place * 100;
    return sampleAt(intendedMs, intendedMs >= fromMs && intendedMs < untilMs ? 900 : 10);
  });
}

it('finds a bad stretch that the whole time hides, and says where it was', () => {
  // 5 of 200 requests are slow: within the whole run's p90, but half of one second.
  const measurement = measured(withSlowSeconds(15_000, 15_500));
  expect(evaluateGate(gateOf('p90 < 500ms'), measurement).kind).toBe('pass');
  const result = evaluateGate(gateOf('p90 < 500ms over 2s'), measurement);
  expect(result).toMatchObject({ kind: 'fail', measuredText: '900ms', limitText: '< 500ms' });
  expect(result.reason).toMatch(/worst of \d+ windows, 1[345]\.\d s to 1[567]\.\d s/);
  expect(evaluateGate(gateOf('p90 < 500ms over 20s'), measurement).kind).toBe('pass');
});

it('lets no warm-up into a window, and takes in the last moment', () => {
  expect(evaluateGate(gateOf('max < 500ms over 2s'), measured(withSlowSeconds(0, 1_000))).kind).toBe('pass');
  expect(evaluateGate(gateOf('max < 500ms over 2s'), measured(withSlowSeconds(20_900, 21_000))).kind).toBe(
    'fail',
  );
});

it('asks a phase only of its own requests', () => {
  const measurement = measured(withSlowSeconds(8_000, 9_000));
  expect(evaluateGate(gateOf('max{during=hole} < 500ms over 1s'), measurement).kind).toBe('fail');
  expect(evaluateGate(gateOf('max{during=recovery} < 500ms over 1s'), measurement).kind).toBe('pass');
});

it('tells rates and shares window by window', () => {
  const samples = withSlowSeconds(0, 0).map((sample): Sample => {
    const isLost = sample.intendedMs >= 5_000 && sample.intendedMs < 6_000;
    return isLost ? { ...sample, outcome: 'reset', status: undefined } : sample;
  });
  const measurement = measured(samples);
  expect(evaluateGate(gateOf('success >= 40% over 2s'), measurement)).toMatchObject({
    kind: 'pass',
    measured: 0.5,
  });
  expect(evaluateGate(gateOf('rate >= 9/s over 1s'), measurement)).toMatchObject({
    kind: 'fail',
    measured: 0,
  });
  expect(evaluateGate(gateOf('count{outcome=reset} == 0 over 1s'), measurement)).toMatchObject({
    kind: 'fail',
    measured: 10,
  });
});

it('is unknown without requests, without windows, and without the requests to make them of', () => {
  const samples = withSlowSeconds(0, 0);
  const noneOfThese = evaluateGate(gateOf('p99{route=search} < 1s over 2s'), measured(samples));
  expect(noneOfThese).toMatchObject({ kind: 'unknown' });
  expect(noneOfThese.reason).toContain('in every window no request was planned for route search');
  expect(evaluateGate(gateOf('p99 < 1s over 30s'), measured(samples))).toMatchObject({
    kind: 'unknown',
    reason: 'p99 < 1s over 30s: measured time was shorter than one window',
  });
  expect(evaluateGate(gateOf('p99 < 1s over 2s'), measured(samples, false)).kind).toBe('unknown');
});

it('keeps no more requests than it may, and then says that it has none', () => {
  const log = createSampleLog(2);
  log.add(sampleAt(20, 1));
  log.add(sampleAt(10, 1));
  expect(log.inOrder()?.map(({ intendedMs }) => intendedMs)).toEqual([10, 20]);
  log.add(sampleAt(30, 1));
  expect(log.inOrder()).toBeUndefined();
});

it('agrees with counting by hand, for any requests and any window', () => {
  const anySample = fc
    .tuple(fc.integer({ min: 0, max: TOTAL_MS - 1 }), fc.integer({ min: 0, max: 3_000 }), fc.boolean())
    .map(([atMs, latencyMs, isOk]) => sampleAt(atMs, latencyMs, { outcome: isOk ? 'ok' : 'httpError' }));
  fc.assert(
    fc.property(
      fc.array(anySample, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 100 }).map((slices) => slices * SLICE_MS),
      (samples, windowMs) => {
        const windows = measured(samples).windows(windowMs) ?? [];
        expect(windows[0]?.startMs).toBe(WARMUP_MS);
        expect(windows.at(-1)?.endMs).toBe(TOTAL_MS);
        for (const { startMs, endMs, figures } of windows) {
          const within = samples.filter(({ intendedMs }) => intendedMs >= startMs && intendedMs < endMs);
          expect(endMs - startMs).toBe(windowMs);
          expect(figures.count('planned', {})).toBe(within.length);
          expect(figures.count('ok', {})).toBe(within.filter(({ outcome }) => outcome === 'ok').length);
          const latencies = within.map((sample) => sample.endedMs - sample.intendedMs);
          expect(figures.latencyMs('max', {})).toBe(
            latencies.length === 0 ? undefined : Math.max(...latencies),
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});
