import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleAt } from '../../test/fixture/sample-at.ts';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { createSeries } from './series.ts';

/** Any request of a 20-second plan, as the driver may hand it in. */
const anySample = fc
  .record({
    intendedMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
    latencyMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    slipMs: fc.double({ min: 0, max: 50, noNaN: true }),
    outcome: fc.constantFrom(...REQUEST_OUTCOMES),
    route: fc.constantFrom('product', 'search', 'order-create'),
  })
  .map(({ intendedMs, latencyMs, slipMs, outcome, route }): Sample => {
    const sentMs = outcome === 'dropped' ? undefined : intendedMs + slipMs;
    const status = outcome === 'ok' || outcome === 'httpError' ? 200 : undefined;
    return { ...sampleAt(intendedMs, latencyMs), outcome, route, sentMs, status };
  });

describe('the series', () => {
  it('counts every request exactly once, in all and by route, where it was due, sent and answered', () => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 200 }), (samples) => {
        const series = createSeries(20_000);
        for (const each of samples) series.add(each);
        const { all, routes, stepMs } = series.figures();
        for (const [place, step] of all.entries()) {
          const within = (ms: number | undefined): boolean =>
            ms !== undefined && Math.floor(ms / stepMs) === place;
          const due = samples.filter(({ intendedMs }) => within(intendedMs));
          expect(step.startMs).toBe(place * stepMs);
          expect(step.planned).toBe(due.length);
          expect(step.sent).toBe(samples.filter(({ sentMs }) => within(sentMs)).length);
          expect(step.answered).toBe(
            samples.filter(({ endedMs, status }) => status !== undefined && within(endedMs)).length,
          );
          for (const outcome of REQUEST_OUTCOMES) {
            expect(step.outcomes[outcome]).toBe(due.filter((each) => each.outcome === outcome).length);
          }
          const waited = due.filter(({ outcome }) => outcome !== 'dropped');
          const longest = Math.max(...waited.map(({ endedMs, intendedMs }) => endedMs - intendedMs));
          expect(step.maxMs).toBe(waited.length === 0 ? undefined : longest);
        }
        const byRoute = [...routes.values()].flat().reduce((sum, { planned }) => sum + planned, 0);
        expect(byRoute).toBe(samples.length);
        expect(all.reduce((sum, { planned }) => sum + planned, 0)).toBe(samples.length);
      }),
    );
  });

  it('merges what lies in one step, so that quantiles of a long run are those of all its requests', () => {
    const series = createSeries(3_600_000);
    for (let ms = 0; ms < 10_000; ms += 10) series.add(sampleAt(ms, ms / 10));
    const { stepMs, all } = series.figures();
    expect(stepMs).toBe(10_000);
    expect(all[0]?.p50Ms).toBeCloseTo(500, -1);
    expect(all[0]?.p99Ms).toBeCloseTo(990, -1);
    expect(all[0]?.maxMs).toBe(999);
  });

  it('counts an answer that comes after a step was closed, and leaves its quantiles alone', () => {
    const series = createSeries(200_000);
    series.add(sampleAt(0, 5));
    series.add(sampleAt(100_000, 5));
    series.add(sampleAt(0, 90_000));
    const [first] = series.figures().all;
    expect(first?.planned).toBe(2);
    expect(first?.maxMs).toBe(5);
  });

  it('stays bounded when a run takes ten times as long as planned, and when it has no end of routes', () => {
    const series = createSeries(600_000);
    for (let second = 0; second < 6_000; second += 1)
      series.add(sampleAt(second * 1_000, 1, { route: `route-${second}` }));
    const { all, routes } = series.figures();
    expect(all.length).toBeLessThanOrEqual(1_200);
    expect(all.reduce((sum, { planned }) => sum + planned, 0)).toBe(6_000);
    expect(routes.size).toBeLessThanOrEqual(50);
  });
});
