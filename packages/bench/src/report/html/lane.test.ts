import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import type { Report } from '../report.ts';
import { lanesOf } from './lane.ts';

const passing = simulateReport({ outcome: 'passes' });

const withSlices = (slices: string): Report => ({
  ...passing,
  availability: { ...passing.availability, slices, slicesStartMs: 0, sliceMs: 100 },
});

describe('the lanes of a report', () => {
  it('show every slice once, in its state', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('+', '-'), maxLength: 300 }), (slices) => {
        const { pieces } = lanesOf(withSlices(slices)).availability;
        const drawn = pieces.map(({ startMs, endMs, state }) =>
          (state === 'up' ? '+' : '-').repeat((endMs - startMs) / 100),
        );
        expect(drawn.join('')).toBe(slices);
      }),
    );
  });

  it('merge what is too fine to see, and hide no outage by it', () => {
    const { pieces } = lanesOf(withSlices('+'.repeat(5_000) + '+-'.repeat(5_000))).availability;
    expect(pieces.length).toBeLessThanOrEqual(400);
    expect(pieces.map(({ state }) => state)).toEqual(['up', 'partly down']);
    expect(pieces.at(-1)?.endMs).toBe(1_500_000);
  });

  it('follow a process through death, start and return, and leave out what never moved', () => {
    const { processes, steadyProcesses } = lanesOf(passing);
    expect(steadyProcesses).toEqual(['catalog/1']);
    expect(processes).toEqual([
      {
        name: 'orders/1',
        pieces: [
          { startMs: 0, endMs: 20_000, state: 'up' },
          { startMs: 20_000, endMs: 20_200, state: 'down' },
          { startMs: 20_200, endMs: 22_000, state: 'starting' },
          { startMs: 22_000, endMs: 50_000, state: 'up' },
        ],
      },
    ]);
  });

  it('follow a breaker in each process, and name those that stayed closed', () => {
    const { breakers, closedBreakers } = lanesOf(passing);
    expect(closedBreakers).toEqual(['worker.payment']);
    expect(breakers.map(({ name }) => name)).toEqual([
      'catalog.redis in catalog/1',
      'catalog.redis in catalog/2',
    ]);
    expect(breakers[0]?.pieces.map(({ state }) => state)).toEqual(['closed', 'open', 'half-open', 'closed']);
  });

  it('show a fault for as long as it was on', () => {
    expect(lanesOf(passing).faults).toEqual([
      { name: 'hole', pieces: [{ startMs: 15_002, endMs: 30_003, state: 'active' }] },
    ]);
  });
});
