import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anyReport } from '../../../test/fixture/any-report.ts';
import { type ReadFamily, readOpenMetrics } from '../../../test/fixture/read-openmetrics.ts';
import { simulateDrill } from '../../../test/fixture/simulated-drill.ts';
import { buildReport } from '../build-report.ts';
import { liveFamilies } from './live-families.ts';
import { openMetricsText } from './openmetrics.ts';
import { verdictFamilies } from './verdict-families.ts';

const record = simulateDrill({ outcome: 'fails' });
const { live, measurement } = record.performance;
const report = buildReport(record);

describe('the OpenMetrics text of a drill', () => {
  let families: ReadonlyMap<string, ReadFamily>;

  const valuesOf = (name: string, labels: Readonly<Record<string, string>> = {}): readonly number[] =>
    (families.get(name)?.samples ?? [])
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .map(({ value }) => value);

  beforeAll(async () => {
    const all = [...liveFamilies(live, live.zeroMs + 20_000), ...verdictFamilies(report)];
    families = readOpenMetrics(await openMetricsText(all, 'redis-blackhole'));
  });

  it('counts the requests of the ledger, by outcome', () => {
    const { planned: _, ...outcomes } = measurement.ledger();
    for (const [outcome, count] of Object.entries(outcomes)) {
      const sum = valuesOf('stormcart_requests', { outcome }).reduce((total, value) => total + value, 0);
      expect(sum, outcome).toBe(count);
    }
  });

  it.each(['http_client_request_duration_seconds', 'stormcart_request_duration_seconds'])(
    'has buckets of %s that only grow and end at the count',
    (name) => {
      const samples = families.get(name)?.samples ?? [];
      const series = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
      expect(series.size).toBeGreaterThan(5);
      for (const each of series.values()) {
        const buckets = each.filter((sample) => sample.name.endsWith('_bucket')).map(({ value }) => value);
        expect(buckets).toEqual(buckets.toSorted((left, right) => left - right));
        expect(buckets.at(-1)).toBe(each.find((sample) => sample.name.endsWith('_count'))?.value);
      }
    },
  );

  it('agrees with the report', () => {
    expect(valuesOf('stormcart_availability_ratio')).toEqual([report.availability.fraction]);
    expect(valuesOf('stormcart_downtime_seconds')).toEqual([report.availability.downMs / 1_000]);
    expect(valuesOf('stormcart_drill_verdict', { verdict: 'fail' })).toEqual([1]);
    expect(valuesOf('stormcart_fault_hits', { fault: 'hole' })).toEqual([37]);
    expect(valuesOf('stormcart_check_passed', { check: 'stock-conserved', state: 'failed' })).toEqual([0]);
    expect(valuesOf('stormcart_load_planned_per_second')).toEqual([40]);
  });

  it('has no family that the guide does not name', () => {
    const guide = readFileSync(new URL('../../../../../docs/report.md', import.meta.url), 'utf8');
    for (const [name, { type }] of families) {
      expect(guide).toContain(`\`${name}${type === 'counter' ? '_total' : ''}\``);
    }
  });

  it('can be read whatever the names in a report are', async () => {
    await fc.assert(
      fc.asyncProperty(anyReport, async (any) => {
        const text = await openMetricsText(verdictFamilies(any), any.scenario.name);
        const states = readOpenMetrics(text).get('stormcart_check_passed')?.samples ?? [];
        expect(states.length).toBeGreaterThan(4);
      }),
      { numRuns: 50 },
    );
  });
});
