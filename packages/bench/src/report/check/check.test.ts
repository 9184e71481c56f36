import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyReport } from '../../../test/fixture/any-report.ts';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import type { Report } from '../report.ts';
import { type Check, checksOf } from './check.ts';

const named = (report: Report, name: string): Check | undefined =>
  checksOf(report).find((check) => check.name === name);

const namesOf = (report: Report): readonly string[] => checksOf(report).map(({ name }) => name);

describe('the checks of a report', () => {
  it('come to the same verdict as the drill', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const states = checksOf(report).map(({ state }) => state);
        const verdict = states.includes('failed')
          ? 'fail'
          : states.includes('unknown')
            ? 'inconclusive'
            : 'pass';
        expect(verdict).toBe(report.verdict);
      }),
      { numRuns: 500 },
    );
  });

  it('have names that are theirs alone', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const names = checksOf(report).map(({ group, name }) => `${group}\n${name}`);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('are the same list, by name, whether a drill passes or fails', () => {
    expect(namesOf(simulateReport({ outcome: 'fails' }))).toEqual(
      namesOf(simulateReport({ outcome: 'passes' })),
    );
  });

  it('give a missed gate its line and its figures, and a violated invariant what was found', () => {
    const report = simulateReport({ outcome: 'fails' });
    expect(named(report, 'availability >= 99%')).toMatchObject({ state: 'failed', line: 20 });
    expect(named(report, 'stock-conserved')?.reason).toContain('product 17 began with 40');
  });

  it('do not believe a saturated generator', () => {
    const failing = simulateReport({ outcome: 'fails' });
    const report = { ...failing, generator: { ...failing.generator, isSaturated: true } };
    expect(named(report, 'availability >= 99%')).toMatchObject({ state: 'unknown' });
    expect(named(report, 'stock-conserved')).toMatchObject({ state: 'failed' });
  });

  it('skip what a drill that ended early did not come to', () => {
    const passing = simulateReport({ outcome: 'passes' });
    const [fault] = passing.faults;
    if (fault === undefined) throw new Error('no fault');
    const { appliedMs: _, ...never } = fault;
    const report: Report = {
      ...passing,
      endedEarly: { kind: 'steadyState', reason: 'not in its steady state' },
      faults: [{ ...never, hits: 0 }],
      steadyState: passing.steadyState.filter(({ when }) => when === 'before the first fault'),
    };
    expect(named(report, 'fault hole is felt and ends')?.state).toBe('skipped');
    expect(named(report, 'p99 < 250ms at the end')?.state).toBe('skipped');
  });

  it('claim nothing after an interruption', () => {
    const report: Report = {
      ...simulateReport({ outcome: 'fails' }),
      verdict: 'interrupted',
      reasons: ['interrupted by SIGINT'],
      exitCode: 130,
    };
    expect(named(report, 'runs to its end')).toMatchObject({
      state: 'unknown',
      reason: 'interrupted by SIGINT',
    });
    expect(checksOf(report).filter(({ state }) => state === 'failed')).toEqual([]);
    expect(named(report, 'availability >= 99%')?.state).toBe('skipped');
  });
});
