import type { PageData, RouteData } from './page-data.ts';

/** Lists of one length: times in seconds first, then a list per line. */
export type ChartColumns = [number[], ...(number | null)[][]];

const MS_PER_SECOND = 1_000;
/** A logarithmic axis has no place for 0; nothing is measured finer than this. */
const LEAST_MS = 0.01;

/** Requests per second: due, sent, answered right, and the journeys that the plan asks for. */
export function rateColumns(data: PageData, route: RouteData | undefined): ChartColumns {
  const { stepMs } = data;
  const perSecond = (counts: readonly number[]): number[] =>
    counts.map((count) => (count / stepMs) * MS_PER_SECOND);
  const nothing = data.startMs.map(() => null);
  return withEnd(data, [
    perSecond((route ?? data.all).planned),
    // Sent and answered are not kept by route.
    route === undefined ? perSecond(data.sent) : nothing,
    route === undefined ? perSecond(data.answered) : perSecond(route.ok),
    route === undefined ? [...data.plannedPerSecond] : nothing,
  ]);
}

export function latencyColumns(data: PageData, route: RouteData | undefined): ChartColumns {
  const { p50Ms, p90Ms, p99Ms, maxMs } = route ?? data.all;
  const raised = (column: readonly (number | null)[]): (number | null)[] =>
    column.map((ms) => (ms === null ? null : Math.max(ms, LEAST_MS)));
  return withEnd(data, [raised(p50Ms), raised(p90Ms), raised(p99Ms), raised(maxMs)]);
}

/** Percent of the requests due in a step that succeeded, and the limit. */
export function successColumns(data: PageData, route: RouteData | undefined): ChartColumns {
  const { planned, ok } = route ?? data.all;
  const share = planned.map((count, step) => (count === 0 ? null : ((ok[step] ?? 0) / count) * 100));
  return withEnd(data, [share, planned.map(() => data.downBelow * 100)]);
}

/** Some room above the highest line. */
export function rateCeiling([, ...lines]: ChartColumns): number {
  return Math.max(1, ...lines.flat().map((rate) => rate ?? 0)) * 1.08;
}

/** The lowest success, rounded down so that a line at the bottom still shows. */
export function successFloor(columns: ChartColumns): number {
  const shares = (columns[1] ?? []).filter((share) => share !== null);
  return Math.max(0, Math.min(90, Math.floor(Math.min(100, ...shares) / 10) * 10 - 5));
}

/** Figures hold for their whole step: the last one ends where a next one would begin. */
function withEnd(
  { startMs, stepMs, totalMs }: PageData,
  columns: readonly (number | null)[][],
): ChartColumns {
  const last = startMs.at(-1);
  const times = startMs.map((ms) => ms / MS_PER_SECOND);
  if (last === undefined) return [times, ...columns];
  const end = Math.min(last + stepMs, totalMs) / MS_PER_SECOND;
  return [[...times, end], ...columns.map((column) => [...column, column.at(-1) ?? null])];
}
