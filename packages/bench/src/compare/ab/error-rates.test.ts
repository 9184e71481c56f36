import { describe, expect, it } from 'vitest';
import { simulate } from '../../../bench/compare/simulate.ts';
import {
  createSimulatedMachine,
  type MachineKind,
  machineKinds,
} from '../../../test/fixture/simulated-machine.ts';
import { compareRuns } from '../compare-runs.ts';
import { judgedMetrics } from '../metric/judged-metrics.ts';
import type { MeasuredRun } from '../run/measured-run.ts';

/**
 * Whole comparisons on simulated machines, some 2,000 in all. Seeded, so what holds once holds always. The long version, with
 * the resamples and requests of real use, is `npm run bench:compare -- --simulate`.
 */
const size = { requestCount: 100, pairsMax: 21, resamples: 199, metrics: ['p50', 'p90', 'success'] };
const kinds: readonly MachineKind[] = Object.values(machineKinds);
/** What a planted tenth takes. */
const longer = { requestCount: 300, pairsMax: 32, resamples: 499 };
const LONG_MS = 60_000;

describe.each(kinds)('on a machine with $name', (kind) => {
  it('400 comparisons of a build with itself hardly ever call it worse or better, and miss the truth rarely', {
    timeout: LONG_MS,
  }, async () => {
    const { verdicts, missedCount } = await simulate({ ...size, kind, slowness: 1, comparisons: 400 });
    expect(verdicts.worse + verdicts.better).toBeLessThanOrEqual(2);
    // 5 % is what they may.
    expect(missedCount).toBeLessThanOrEqual(20);
  });

  it('a slowdown to the double is found, and never taken for anything else', {
    timeout: LONG_MS,
  }, async () => {
    const { verdicts, missedCount } = await simulate({ ...size, kind, slowness: 2, comparisons: 100 });
    expect(verdicts.worse).toBeGreaterThanOrEqual(95);
    expect(verdicts.same + verdicts.better).toBe(0);
    expect(missedCount).toBeLessThanOrEqual(5);
  });
});

it('a slowdown by a tenth is found in nine of ten comparisons where runs are long enough to show it', {
  timeout: LONG_MS,
}, async () => {
  for (const kind of [machineKinds.quiet, machineKinds.drifting]) {
    const { verdicts } = await simulate({ ...size, ...longer, kind, slowness: 1.1, comparisons: 60 });
    expect(verdicts.worse).toBeGreaterThanOrEqual(54);
    expect(verdicts.same + verdicts.better).toBe(0);
  }
});

it('pairs are needed: measured one side after the other, a machine that slows down makes a build worse than itself', async () => {
  const verdicts: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const side = createSimulatedMachine(machineKinds.drifting, `apart ${index}`, 300).side('same', 1);
    const measure = async (from: number): Promise<readonly MeasuredRun[]> => {
      const runs: MeasuredRun[] = [];
      for (let pair = from; pair < from + 10; pair += 1) {
        runs.push(await side.measure({ pair, seed: pair, folder: '', signal: new AbortController().signal }));
      }
      return runs;
    };
    const base = await measure(0);
    const head = await measure(10);
    const metrics = judgedMetrics(size.metrics, []);
    verdicts.push(
      compareRuns({ base, head, isPaired: false, metrics, confidence: 0.95, seed: index, resamples: 199 })
        .verdict,
    );
  }
  expect(verdicts.filter((verdict) => verdict === 'worse').length).toBeGreaterThan(5);
});
