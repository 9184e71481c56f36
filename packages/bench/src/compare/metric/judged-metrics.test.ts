import { describe, expect, it } from 'vitest';
import { judgedMetrics } from './judged-metrics.ts';

const effectsOf = (chosen: readonly string[], effects: readonly string[]) =>
  Object.fromEntries(judgedMetrics(chosen, effects).map(({ metric, minEffect }) => [metric.name, minEffect]));

describe('what is judged', () => {
  it('is all but the maximum when nobody says', () => {
    expect(effectsOf([], [])).toEqual({
      p50: 0.05,
      p90: 0.1,
      p99: 0.2,
      success: 0.005,
      availability: 0.01,
      recovery: 1_000,
      throughput: 0.05,
      cpu: 0.05,
    });
  });

  it('is what was chosen, once each', () => {
    expect(judgedMetrics(['p99', 'max', 'p99'], []).map(({ metric }) => metric.name)).toEqual(['p99', 'max']);
  });

  it('matters from what was said of it, else of all ratios', () => {
    const effects = ['p99=30%', '2%', 'success=1%', 'recovery=500ms'];
    expect(effectsOf(['p50', 'p99', 'success', 'recovery'], effects)).toEqual({
      p50: 0.02,
      p99: 0.3,
      success: 0.01,
      recovery: 500,
    });
  });

  it.each([
    [['p89'], [], /no metric p89; did you mean p90\?|no metric p89; did you mean p99\?/],
    [[], ['p99=200ms'], /200ms is no minimum effect for p99/],
    [[], ['recovery=5%'], /5% is no minimum effect for recovery/],
    [[], ['0%'], /0% is no minimum effect/],
    [[], ['recovry=5s'], /did you mean recovery\?/],
  ])('of %j with %j is refused with what is accepted', (chosen, effects, message) => {
    expect(() => judgedMetrics(chosen, effects)).toThrow(message);
  });
});
