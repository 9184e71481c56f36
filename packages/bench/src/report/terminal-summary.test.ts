import { describe, expect, it } from 'vitest';
import type { Report } from './report.ts';
import { plainStyle } from './style.ts';
import { terminalSummary } from './terminal-summary.ts';

const NO_OUTCOMES = {
  ok: 0,
  httpError: 0,
  rejected: 0,
  connectError: 0,
  reset: 0,
  truncated: 0,
  timeout: 0,
  dropped: 0,
  unfinished: 0,
};

const passing: Report = {
  format: 'stormcart-report',
  version: 1,
  scenario: {
    name: 'hole',
    file: 'scenarios/hole.yaml',
    about: 'Redis stops answering.',
    hypothesis: 'Nobody notices.',
    seed: 42,
    scale: 1,
    topology: 'single',
    services: {},
    policies: {},
    content: {},
  },
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 60_000,
  verdict: 'pass',
  exitCode: 0,
  reasons: [],
  boot: { tookMs: 5_200, steps: [] },
  load: {
    totalMs: 50_000,
    measuredMs: 45_000,
    arrivals: 2_000,
    ledger: { planned: 2_100, ...NO_OUTCOMES, ok: 2_090, timeout: 10 },
    latency: { p50Ms: 3.24, p90Ms: 12, p99Ms: 80, maxMs: 5_000 },
  },
  availability: {
    fraction: 0.9889,
    successFraction: 0.9952,
    sliceMs: 200,
    downBelow: 0.95,
    objective: 0.99,
    slices: `${'+'.repeat(100)}--${'+'.repeat(123)}`,
    slicesStartMs: 5_000,
    downMs: 400,
    outages: [{ startMs: 25_000, endMs: 25_400, faults: ['hole'] }],
    errorBudgetUsed: 1.11,
  },
  faults: [
    {
      id: 'hole',
      what: 'timeout on catalog->redis',
      plannedAtMs: 25_000,
      plannedForMs: 5_000,
      appliedMs: 25_002,
      revertedMs: 30_010,
      hits: 12,
      isVerified: true,
      during: { name: 'hole', planned: 200, outcomes: { ...NO_OUTCOMES, ok: 190, timeout: 10 } },
      recoveryFromStartMs: 398,
      recoveryFromEndMs: 0,
    },
  ],
  phases: [],
  routes: [],
  series: { stepMs: 1_000, steps: [], routes: [] },
  breakers: [
    {
      name: 'catalog.redis',
      openedCount: 3,
      refusedCount: 1_200,
      wastedCount: 40,
      overflowCount: 0,
      transitions: [],
    },
  ],
  processEvents: [],
  steadyState: [],
  gates: [
    {
      text: 'availability >= 98%',
      line: 20,
      kind: 'pass',
      measuredText: '98.89%',
      limitText: '>= 98%',
      reason: '',
    },
  ],
  audit: {
    isDrained: true,
    drainedAfterMs: 300,
    remaining: [],
    operationsCount: 400,
    invariants: [{ name: 'orders-stored', answer: 'holds', checkedCount: 52, findings: [] }],
  },
  generator: {
    isSaturated: false,
    reasons: [],
    figures: {
      slipMsP50: 0.5,
      slipMsP99: 2,
      slipMsMax: 8,
      loopLagMsP99: 1,
      loopLagMsMax: 4,
      loopBusyShare: 0.1,
      arrivals: 2_000,
      plannedPerSecond: 40,
      achievedPerSecond: 40,
    },
  },
  environment: {},
  again: 'npx stormcart run hole --seed 42',
};

const summary = (report: Report): string => terminalSummary(report, '.stormcart/runs/1', plainStyle);

describe('the summary', () => {
  it('says what broke, when, what it cost, and how to run it again', () => {
    const text = summary(passing);
    expect(text).toContain('PASS  hole  Redis stops answering.');
    expect(text).toContain('2,090 ok, 10 timeout');
    expect(text).toContain('98.9 % (400ms down), requests 99.5 %, 111.0 % of the error budget');
    expect(text).toContain('25s to 25.4s (400ms) during hole');
    expect(text).toContain('timeout on catalog->redis, 25s to 30s, 12 hits');
    expect(text).toContain('meanwhile 10 of 200 requests failed; back after 398 ms, while it lasted');
    expect(text).toContain('catalog.redis opened 3×, refused 1,200 calls');
    expect(text).toContain('pass  availability >= 98%  98.89%');
    expect(text).toContain('holds  orders-stored  52 checked');
    expect(text).toContain('.stormcart/runs/1/report.html');
    expect(text).toContain('npx stormcart run hole --seed 42');
  });

  it('says what was done by hand, and nothing of it when nothing was', () => {
    const actions = [{ atMs: 7_400, text: 'load paused' }];
    const text = summary({
      ...passing,
      byHand: { actions, faults: [], steering: [{ atMs: 7_400, factor: 0 }] },
    });
    expect(text).toMatch(/Done by hand\n {2}7\.4s +load paused/);
    expect(summary(passing)).not.toContain('by hand');
  });

  it('fits 80 columns but for commands, paths and sentences of the scenario', () => {
    const long = summary(passing)
      .split('\n')
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });

  it('leaves a hypothesis out that nobody wrote', () => {
    const scenario = { ...passing.scenario, hypothesis: '' };
    expect(summary(passing)).toContain('hypothesis');
    expect(summary({ ...passing, scenario })).not.toContain('hypothesis');
  });

  it('names what an invariant found, at most five times', () => {
    const findings = Array.from({ length: 7 }, (_, index) => ({
      message: `order ${index} is lost`,
      evidence: {},
    }));
    const text = summary({
      ...passing,
      verdict: 'fail',
      audit: {
        ...passing.audit,
        invariants: [{ name: 'orders-stored', answer: 'violated', checkedCount: 52, findings }],
      },
    });
    expect(text).toContain('VIOLATED  orders-stored');
    expect(text).toContain('order 4 is lost');
    expect(text).not.toContain('order 5 is lost');
    expect(text).toContain('and 2 more findings');
  });

  it('says that a fault stayed, or was never felt', () => {
    const [fault] = passing.faults;
    if (fault === undefined) throw new Error('no fault');
    const { recoveryFromEndMs: _, ...unrecovered } = fault;
    const text = summary({ ...passing, faults: [{ ...unrecovered, isVerified: false, hits: 0 }] });
    expect(text).toContain('0 hits');
    expect(text).toContain('did not recover');
    expect(text).toContain('its end could not be verified');
  });
});
