import type { SeriesFigures } from '../measure/series.ts';
import type { Step } from '../measure/step-track.ts';
import type { Plan } from '../plan/plan.ts';
import type { Quantiles, ReportSeries } from './report.ts';

/** Points per step at which the plan's rate is asked: its stages may change within a step. */
const RATE_POINTS = 10;
/** Latencies are measured in µs; further digits are noise that a report would carry around. */
const US_PER_MS = 1_000;

export function buildSeries(
  { stepMs, all, routes }: SeriesFigures,
  plan: Pick<Plan, 'rateAt' | 'totalMs'>,
): ReportSeries {
  return {
    stepMs,
    steps: all.map((step) => {
      const latency = quantilesOf(step);
      const { startMs, planned, sent, answered, outcomes } = step;
      return {
        startMs,
        plannedPerSecond: meanRate(plan, startMs, stepMs),
        planned,
        sent,
        answered,
        outcomes,
        ...(latency === undefined ? {} : { latency }),
      };
    }),
    routes: [...routes].map(([name, own]) => routeColumns(name, own, all.length)),
  };
}

function routeColumns(name: string, own: readonly Step[], length: number): ReportSeries['routes'][number] {
  const column = <Value>(read: (step: Step | undefined) => Value): Value[] =>
    Array.from({ length }, (_, place) => read(own[place]));
  return {
    name,
    planned: column((step) => step?.planned ?? 0),
    ok: column((step) => step?.outcomes.ok ?? 0),
    p50Ms: column((step) => rounded(step?.p50Ms)),
    p90Ms: column((step) => rounded(step?.p90Ms)),
    p99Ms: column((step) => rounded(step?.p99Ms)),
    maxMs: column((step) => rounded(step?.maxMs)),
  };
}

function quantilesOf({ p50Ms, p90Ms, p99Ms, maxMs }: Step): Quantiles | undefined {
  const [p50, p90, p99, max] = [rounded(p50Ms), rounded(p90Ms), rounded(p99Ms), rounded(maxMs)];
  if (p50 === null || p90 === null || p99 === null || max === null) return undefined;
  return { p50Ms: p50, p90Ms: p90, p99Ms: p99, maxMs: max };
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * US_PER_MS) / US_PER_MS;
}

/** Nothing is planned after the plan's end, whatever it says of that time. */
function meanRate(plan: Pick<Plan, 'rateAt' | 'totalMs'>, startMs: number, stepMs: number): number {
  let sum = 0;
  for (let point = 0; point < RATE_POINTS; point += 1) {
    const ms = startMs + ((point + 0.5) * stepMs) / RATE_POINTS;
    if (ms < plan.totalMs) sum += plan.rateAt(ms);
  }
  return Math.round((sum / RATE_POINTS) * 1_000) / 1_000;
}
