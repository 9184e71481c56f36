import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from './read-run.ts';

const report = {
  format: 'stormcart-report',
  version: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  verdict: 'fail',
  scenario: {
    name: 'hole',
    file: 'scenarios/hole.yaml',
    about: 'a sentence',
    hypothesis: '',
    seed: 42,
    scale: 1,
    topology: 'single',
    services: { catalog: 2 },
    policies: { cache: 'none' },
    content: { 'load.stages[0].forMs': '45000' },
  },
  load: {
    measuredMs: 40_000,
    ledger: { planned: 1_200 },
    latency: { p50Ms: 2, p90Ms: 4, p99Ms: 9, maxMs: 80 },
  },
  routes: [
    { name: 'product', planned: 900, outcomes: { ok: 890 } },
    { name: 'search', planned: 100, outcomes: { ok: 100 } },
  ],
  availability: { fraction: 0.98, sliceMs: 200, slicesStartMs: 5_000 },
  faults: [
    { id: 'hole', revertedMs: 30_000, recoveryFromStartMs: 900, recoveryFromEndMs: 400 },
    { id: 'late', revertedMs: 40_000 },
    { id: 'never' },
  ],
  audit: {
    invariants: [
      { name: 'kept', answer: 'violated' },
      { name: 'other', answer: 'holds' },
    ],
  },
  generator: { isSaturated: false, reasons: [] },
  cpu: { systemMs: 3_000 },
  environment: { node: 'v26.10.0', cores: 2 },
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-read-run-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(document: unknown) {
  await writeFile(
    join(folder, 'report.json'),
    typeof document === 'string' ? document : JSON.stringify(document),
  );
  return readRun(folder);
}

describe("a drill's report", () => {
  it('gives the figures without the warm-up, the setting without sentences and seed, and what it found', async () => {
    const run = await read(report);
    expect(run).toEqual({
      source: join(folder, 'report.json'),
      startedAt: report.startedAt,
      seed: 42,
      verdict: 'fail',
      violated: ['kept'],
      setting: {
        'environment.node': 'v26.10.0',
        'environment.cores': '2',
        name: 'hole',
        scale: '1',
        topology: 'single',
        'services.catalog': '2',
        'policies.cache': 'none',
        'load.stages[0].forMs': '45000',
      },
      figures: {
        measuredMs: 40_000,
        plannedCount: 1_000,
        okCount: 990,
        latencyMs: { p50: 2, p90: 4, p99: 9, max: 80 },
        availability: { fraction: 0.98, sliceMs: 200 },
        cpuMsPerRequest: 2.5,
        recoveries: [
          { fault: 'hole', toMs: 400, hasRecovered: true },
          // The load ended at 45 s.
          { fault: 'late', toMs: 5_000, hasRecovered: false },
        ],
      },
    });
    expect(await readRun(join(folder, 'report.json'))).toEqual(run);
  });

  it('tells a load that agents made from one that the drill made', async () => {
    const { setting } = await read({ ...report, agents: { parts: [{}, {}], lost: [] } });
    expect(setting['agents']).toBe('2');
    expect((await read(report)).setting['agents']).toBeUndefined();
  });

  it.each([
    ['interrupted', { ...report, verdict: 'interrupted' }, 'it was interrupted'],
    [
      'by a starved generator',
      { ...report, generator: { isSaturated: true, reasons: ['slow'] } },
      'its load generator was saturated: slow',
    ],
    [
      'by an agent that was lost',
      { ...report, agents: { parts: [{}], lost: ['agent north is lost'] } },
      'a part of its load was lost: agent north is lost',
    ],
  ])('%s is spoiled', async (_, document, reason) => {
    expect(await read(document)).toMatchObject({ spoiledBy: reason });
  });
});

describe("a load's report", () => {
  const load = {
    format: 'stormcart-load',
    version: 1,
    ratePerSecond: 100,
    forMs: 2_000,
    ledger: { planned: 200, ok: 180 },
    latency: { p50Ms: 1, p90Ms: 2, p99Ms: 3, maxMs: 4 },
    availability: { fraction: 0, sliceMs: 200 },
    generator: { isSaturated: false, reasons: [] },
  };
  const old = { 'load.ratePerSecond': '100', 'load.forMs': '2000', 'load.sliceMs': '200' };

  it('gives its figures, and says nothing of the machine where it was written before that was recorded', async () => {
    const run = await read(load);
    expect(run).toMatchObject({
      figures: { measuredMs: 2_000, plannedCount: 200, okCount: 180, latencyMs: { p99: 3 } },
      violated: [],
    });
    expect(run.setting).toEqual(old);
  });

  it('tells its machine, its plan and who made it', async () => {
    const plan = { arrivals: 'poisson', seed: 3, timeoutMs: 5_000, maxInFlight: 2_000 };
    const shares = { kind: 'processes', count: 2, lost: [] };
    const run = await read({ ...load, plan, shares, environment: { cpu: 'one', cores: 2 } });
    expect(run.setting).toEqual({
      ...old,
      'load.arrivals': 'poisson',
      'load.timeoutMs': '5000',
      'load.maxInFlight': '2000',
      'load.kind': 'processes',
      'load.count': '2',
      'environment.cpu': 'one',
      'environment.cores': '2',
    });
    expect(run.seed).toBe(3);
  });
});

describe('what is no run', () => {
  it.each([
    ['a report of another version', { ...report, version: 2 }, /version: .*expected 1/],
    ['a load of another version', { format: 'stormcart-load', version: 2 }, /version: .*expected 1/],
    ['text', 'hello', /is no run that can be compared: .*JSON/],
    [
      'another document',
      { format: 'stormcart-ab' },
      /its format is `stormcart-ab`; accepted are stormcart-report and stormcart-load/,
    ],
    ['a document without format', [1], /it has no `format`/],
    ['a damaged report', { ...report, load: {} }, /load\.measuredMs: /],
  ])('is refused with the reason: %s', async (_, document, message) => {
    await expect(read(document)).rejects.toMatchObject({
      kind: 'usage',
      code: 'NO_COMPARABLE_RUN',
      message: expect.stringMatching(message),
    });
  });

  it('is refused where nothing is there', async () => {
    await expect(readRun(join(folder, 'none'))).rejects.toThrow(
      /none is no run that can be compared: ENOENT/,
    );
  });
});
