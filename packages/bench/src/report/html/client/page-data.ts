/** What the page's script draws, embedded in the page as JSON. Times are milliseconds from the load's start. */
export interface PageData {
  readonly totalMs: number;
  readonly stepMs: number;
  /** Success shares under this are a slice that is down. */
  readonly downBelow: number;
  readonly startMs: readonly number[];
  readonly plannedPerSecond: readonly number[];
  readonly sent: readonly number[];
  readonly answered: readonly number[];
  readonly all: RouteData;
  readonly routes: readonly RouteData[];
  readonly faults: readonly { readonly id: string; readonly startMs: number; readonly endMs: number }[];
}

/** One entry per step; null where nothing was asked. */
export interface RouteData {
  readonly name: string;
  readonly planned: readonly number[];
  readonly ok: readonly number[];
  readonly p50Ms: readonly (number | null)[];
  readonly p90Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
  readonly maxMs: readonly (number | null)[];
}
