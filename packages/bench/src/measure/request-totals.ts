import type { RequestOutcome } from '@stormcart/core';
import type { Sample } from '../load/sample.ts';

/**
 * Upper bounds of the latency buckets that metrics systems get: fine where a healthy answer lies (1–100 ms), coarse up
 * to the usual timeout and twice that. Seconds, as those systems count.
 */
export const LATENCY_BOUNDS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Latencies by bucket: how many lay at or under each bound and over the one before; the last is beyond all bounds. */
export interface LatencyBuckets {
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** All requests, warm-up included, of one route that ended in one way. */
export interface RequestTotal {
  readonly route: string;
  readonly outcome: RequestOutcome;
  readonly count: number;
  readonly fromIntended: LatencyBuckets;
  readonly fromSend: LatencyBuckets;
}

/** Running totals that may be read at any time without settling anything. */
export interface RequestTotals {
  add(sample: Sample): void;
  read(): readonly RequestTotal[];
}

interface Buckets {
  readonly counts: number[];
  count: number;
  sumSeconds: number;
}

interface Total {
  readonly route: string;
  readonly outcome: RequestOutcome;
  count: number;
  readonly fromIntended: Buckets;
  readonly fromSend: Buckets;
}

export function createRequestTotals(): RequestTotals {
  const totals: Total[] = [];
  const byOutcome = new Map<RequestOutcome, Map<string, Total>>();
  const totalOf = (outcome: RequestOutcome, route: string): Total => {
    let byRoute = byOutcome.get(outcome);
    if (byRoute === undefined) {
      byRoute = new Map();
      byOutcome.set(outcome, byRoute);
    }
    let total = byRoute.get(route);
    if (total === undefined) {
      total = { route, outcome, count: 0, fromIntended: emptyBuckets(), fromSend: emptyBuckets() };
      byRoute.set(route, total);
      totals.push(total);
    }
    return total;
  };
  return {
    add: ({ route, outcome, intendedMs, sentMs, endedMs }) => {
      const total = totalOf(outcome, route);
      total.count += 1;
      // A dropped request never waited for anything.
      if (outcome === 'dropped') return;
      record(total.fromIntended, endedMs - intendedMs);
      if (sentMs !== undefined) record(total.fromSend, endedMs - sentMs);
    },
    read: () =>
      totals.map(({ fromIntended, fromSend, ...total }) => ({
        ...total,
        fromIntended: { ...fromIntended, counts: [...fromIntended.counts] },
        fromSend: { ...fromSend, counts: [...fromSend.counts] },
      })),
  };
}

function emptyBuckets(): Buckets {
  return {
    counts: Array.from({ length: LATENCY_BOUNDS_SECONDS.length + 1 }, () => 0),
    count: 0,
    sumSeconds: 0,
  };
}

function record(buckets: Buckets, ms: number): void {
  const seconds = Math.max(ms, 0) / 1_000;
  let place = 0;
  while (seconds > (LATENCY_BOUNDS_SECONDS[place] ?? Number.POSITIVE_INFINITY)) place += 1;
  buckets.counts[place] = (buckets.counts[place] ?? 0) + 1;
  buckets.count += 1;
  buckets.sumSeconds += seconds;
}
