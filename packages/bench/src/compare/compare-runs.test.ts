import { describe, expect, it } from 'vitest';
import { type CompareOptions, compareRuns } from './compare-runs.ts';
import { comparisonTable } from './comparison-table.ts';
import { judgedMetrics } from './metric/judged-metrics.ts';
import type { MeasuredRun } from './run/measured-run.ts';
import type { RunFigures } from './run/run-figures.ts';

/** Scatters by 1 % around its place, the same way every time. */
const WOBBLE = [0.99, 1.01, 1, 0.995, 1.005, 0.992, 1.008, 1.002];

function run(place: number, figures: Partial<RunFigures> = {}, more: Partial<MeasuredRun> = {}): MeasuredRun {
  const factor = WOBBLE[place % WOBBLE.length] ?? 1;
  return {
    source: `run ${place}`,
    setting: {},
    verdict: 'pass',
    figures: {
      measuredMs: 40_000,
      plannedCount: 2_000,
      okCount: 2_000,
      latencyMs: { p50: 20 * factor, p90: 40 * factor, p99: 90 * factor, max: 200 },
      availability: { fraction: 1, sliceMs: 200 },
      recoveries: [],
      ...figures,
    },
    violated: [],
    ...more,
  };
}

const runs = (count: number, of: (place: number) => MeasuredRun = run): readonly MeasuredRun[] =>
  Array.from({ length: count }, (_, place) => of(place));

const slower = (factor: number) => (place: number) => {
  const { latencyMs } = run(place + 3).figures;
  const { p50 = 0, p90 = 0, p99 = 0, max = 0 } = latencyMs ?? {};
  return run(place, { latencyMs: { p50: p50 * factor, p90, p99, max } });
};

function compare(
  base: readonly MeasuredRun[],
  head: readonly MeasuredRun[],
  more: Partial<CompareOptions> = {},
) {
  return compareRuns({
    base,
    head,
    isPaired: false,
    metrics: judgedMetrics([], []),
    confidence: 0.95,
    seed: 1,
    resamples: 999,
    ...more,
  });
}

const verdictsOf = ({ metrics }: ReturnType<typeof compare>): Readonly<Record<string, string>> =>
  Object.fromEntries(metrics.map(({ name, verdict }) => [name, verdict]));

describe('comparing runs', () => {
  it('finds no change where there is none', () => {
    const comparison = compare(runs(8), runs(8));
    expect(comparison).toMatchObject({ verdict: 'same', exitCode: 0, reasons: [] });
    expect(verdictsOf(comparison)).toEqual({
      p50: 'same',
      p90: 'same',
      p99: 'same',
      success: 'same',
      availability: 'same',
      throughput: 'same',
    });
  });

  it('finds what became slower, by how much, and says so in a table', () => {
    const comparison = compare(runs(8), runs(8, slower(1.2)));
    expect(comparison).toMatchObject({ verdict: 'worse', exitCode: 1, reasons: ['p50 is worse'] });
    const [p50] = comparison.metrics;
    expect(p50?.change?.center).toBeCloseTo(0.2, 2);
    expect(p50?.change?.low).toBeGreaterThan(0.15);
    expect(p50?.change?.high).toBeLessThan(0.25);
    expect(comparisonTable(comparison)).toMatch(/\*\*worse\*\* from 8 base runs and 8 head runs/);
    expect(comparisonTable(comparison)).toMatch(
      /\| p50 +\| 20\.\d ms +\| 2[34]\.\d ms +\| \+\d\d\.\d % +\| \+\d\d\.\d % to \+\d\d\.\d % +\| ±5\.0 % +\| worse/,
    );
  });

  it('finds what became faster', () => {
    expect(compare(runs(8), runs(8, slower(0.8)))).toMatchObject({ verdict: 'better', exitCode: 0 });
  });

  it('takes a change that is certain but smaller than what matters for none', () => {
    const comparison = compare(runs(8), runs(8, slower(1.02)), { isPaired: true });
    expect(verdictsOf(comparison)['p50']).toBe('same');
    const strict = compare(runs(8), runs(8, slower(1.02)), {
      metrics: judgedMetrics(['p50'], ['p50=0.1%']),
      isPaired: true,
    });
    expect(strict.verdict).not.toBe('same');
  });

  it.each([1, 4])('tells nothing from %d runs a side, whatever they show', (count) => {
    const comparison = compare(runs(count), runs(count, slower(3)));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(comparison.reasons[0]).toMatch(/5 are the least/);
    expect(comparison.metrics[0]).not.toHaveProperty('change');
    expect(comparison.metrics[0]).toMatchObject({ base: expect.closeTo(20, 0), head: expect.closeTo(60, 0) });
  });

  it('leaves out runs whose figures are not believed, and of a pair the other one, too', () => {
    const spoiled = run(
      2,
      { latencyMs: { p50: 900, p90: 900, p99: 900, max: 900 } },
      { spoiledBy: 'it was busy' },
    );
    const head = runs(9).with(2, spoiled);
    const unpaired = compare(runs(9), head);
    expect(unpaired.design).toEqual({ kind: 'unpaired', baseCount: 9, headCount: 8 });
    expect(unpaired.verdict).toBe('same');
    expect(unpaired.head.spoiled).toEqual([{ source: 'run 2', reason: 'it was busy' }]);
    expect(compare(runs(9), head, { isPaired: true }).design).toEqual({ kind: 'paired', pairCount: 8 });
    expect(comparisonTable(unpaired)).toContain('- run 2: it was busy');
  });

  it('cannot tell a metric that some run did not measure, nor therefore the whole', () => {
    const head = runs(8).with(5, run(5, { okCount: 0, availability: { fraction: 0, sliceMs: 200 } }));
    const comparison = compare(runs(8), head);
    expect(comparison.metrics.find(({ name }) => name === 'throughput')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'not measured in 1 run',
    });
    expect(comparison.verdict).toBe('inconclusive');
  });

  it('calls a newly violated invariant worse without any statistics', () => {
    const head = runs(2).with(1, run(1, {}, { violated: ['orders-stored-once'], verdict: 'fail' }));
    const comparison = compare(runs(2), head);
    expect(comparison).toMatchObject({ verdict: 'worse', exitCode: 1 });
    expect(comparison.reasons[0]).toBe(
      'head violates the invariant orders-stored-once in 1 run, base in none',
    );
    const both = compare(head, head);
    expect(both.verdict).toBe('inconclusive');
  });

  it('compares recoveries in seconds, one row per fault, and says where one never came', () => {
    const recovering =
      (toMs: number, hasRecovered = true) =>
      (place: number) =>
        run(place, { recoveries: [{ fault: 'hole', toMs: toMs + (place % 3) * 200, hasRecovered }] });
    const comparison = compare(runs(8, recovering(0)), runs(8, recovering(9_000, false)));
    expect(comparison.metrics.find(({ name }) => name === 'recovery{fault=hole}')).toMatchObject({
      scale: 'difference',
      verdict: 'worse',
      change: { center: 9_000 },
    });
    expect(comparison.notes.join()).toMatch(/8 runs had not recovered from hole/);
  });

  it('is plain JSON, the same for the same runs', () => {
    const comparison = compare(runs(6), runs(6, slower(1.1)));
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
    expect(compare(runs(6), runs(6, slower(1.1)))).toEqual(comparison);
  });
});
