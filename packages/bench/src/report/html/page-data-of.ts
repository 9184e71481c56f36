import type { Report, ReportSeries } from '../report.ts';
import type { PageData, RouteData } from './client/page-data.ts';

/** What the page's script needs of a report. What was due after the plan's end is in the tables only. */
export function pageDataOf({ load, availability, series, faults }: Report): PageData {
  const steps = series.steps.filter(({ startMs }) => startMs < load.totalMs);
  const quantile = (name: 'p50Ms' | 'p90Ms' | 'p99Ms' | 'maxMs'): readonly (number | null)[] =>
    steps.map(({ latency }) => latency?.[name] ?? null);
  return {
    totalMs: Math.max(load.totalMs, 1),
    stepMs: series.stepMs,
    downBelow: availability.downBelow,
    startMs: steps.map(({ startMs }) => startMs),
    plannedPerSecond: steps.map(({ plannedPerSecond }) => plannedPerSecond),
    sent: steps.map(({ sent }) => sent),
    answered: steps.map(({ answered }) => answered),
    all: {
      name: '',
      planned: steps.map(({ planned }) => planned),
      ok: steps.map(({ outcomes }) => outcomes.ok),
      p50Ms: quantile('p50Ms'),
      p90Ms: quantile('p90Ms'),
      p99Ms: quantile('p99Ms'),
      maxMs: quantile('maxMs'),
    },
    routes: series.routes.map((route) => cutRoute(route, steps.length)),
    faults: faults.flatMap(({ id, appliedMs, revertedMs }) =>
      appliedMs === undefined ? [] : [{ id, startMs: appliedMs, endMs: revertedMs ?? load.totalMs }],
    ),
  };
}

function cutRoute(route: ReportSeries['routes'][number], length: number): RouteData {
  const { name, planned, ok, p50Ms, p90Ms, p99Ms, maxMs } = route;
  return {
    name,
    planned: planned.slice(0, length),
    ok: ok.slice(0, length),
    p50Ms: p50Ms.slice(0, length),
    p90Ms: p90Ms.slice(0, length),
    p99Ms: p99Ms.slice(0, length),
    maxMs: maxMs.slice(0, length),
  };
}
