import type { BreakerObservation, SystemObservation, SystemProcess, SystemStore } from '@stormcart/core';
import type { BreakerState, TopologyRow } from './drill-state.ts';

/** What is known of each process, from looks at it now and then. */
export interface LiveRows {
  observe(observation: SystemObservation, atMs: number): void;
  rows(nowMs: number): readonly TopologyRow[];
  /** How often the mean latency of half a second fell into each bucket; empty where nobody counts requests. */
  latenciesOf(name: string): readonly LatencyBucket[];
  /** Of the row's breakers, the latest last. */
  transitionsOf(name: string): readonly BreakerChange[];
  /** All since the last call, of all rows. */
  news(): readonly BreakerChange[];
}

export interface LatencyBucket {
  readonly toMs: number;
  readonly count: number;
}

export interface BreakerChange {
  readonly process: string;
  readonly breaker: string;
  readonly atMs: number;
  readonly to: BreakerState['state'];
}

interface Traffic {
  readonly inFlight: number;
  readonly isEjected: boolean;
  readonly ejectedCount: number;
  readonly requestCount: number;
  readonly requestMsSum: number;
  readonly latencyMsMean: number | undefined;
}

interface SeenBreaker {
  readonly observation: BreakerObservation;
  readonly sinceMs: number;
}

/** A breaker that flaps all day must not fill the memory; the latest ones are those that somebody looks for. */
const CHANGES_MAX = 500;

export function createLiveRows(
  processes: readonly Pick<SystemProcess, 'name' | 'state'>[],
  stores: readonly Pick<SystemStore, 'name'>[],
): LiveRows {
  const storeNames = new Set(stores.map(({ name }) => name));
  const traffic = new Map<string, Traffic>();
  const breakers = new Map<string, SeenBreaker>();
  const latencies = new Map<string, Map<number, number>>();
  let changes: BreakerChange[] = [];
  let news: BreakerChange[] = [];
  const seeBreaker = (observation: BreakerObservation, atMs: number): void => {
    const key = `${observation.process}\n${observation.name}`;
    const before = breakers.get(key);
    const isNew = before?.observation.state !== observation.state;
    breakers.set(key, { observation, sinceMs: isNew ? atMs : before.sinceMs });
    // Closed is how every life begins, so it is no news.
    if (!isNew || (before === undefined && observation.state === 'closed')) return;
    const change = { process: observation.process, breaker: observation.name, atMs, to: observation.state };
    changes = [...changes.slice(1 - CHANGES_MAX), change];
    news = [...news.slice(1 - CHANGES_MAX), change];
  };
  return {
    observe: (observation, atMs) => {
      for (const breaker of observation.breakers) seeBreaker(breaker, atMs);
      for (const each of observation.processes ?? []) {
        const before = traffic.get(each.name);
        const now = nextTraffic(before, each);
        traffic.set(each.name, now);
        if (now.latencyMsMean === undefined || now.requestCount === before?.requestCount) continue;
        const counts = latencies.get(each.name) ?? new Map<number, number>();
        const toMs = bucketOf(now.latencyMsMean);
        latencies.set(each.name, counts.set(toMs, (counts.get(toMs) ?? 0) + 1));
      }
    },
    rows: (nowMs) =>
      processes.map((process) => {
        const { name } = process;
        const seen = traffic.get(name);
        return {
          name,
          kind: kindOf(name, storeNames),
          state: process.state(),
          ...(seen && {
            inFlight: seen.inFlight,
            isEjected: seen.isEjected,
            ejectedCount: seen.ejectedCount,
            ...(seen.latencyMsMean === undefined ? {} : { latencyMsMean: seen.latencyMsMean }),
          }),
          breakers: [...breakers.values()]
            .filter(({ observation }) => observation.process === name)
            .map(({ observation, sinceMs }) => ({
              name: observation.name,
              state: observation.state,
              forMs: Math.max(0, nowMs - sinceMs),
              openedCount: observation.openedCount,
            })),
        };
      }),
    latenciesOf: (name) =>
      [...(latencies.get(name) ?? [])]
        .map(([toMs, count]) => ({ toMs, count }))
        .toSorted((left, right) => left.toMs - right.toMs),
    transitionsOf: (name) => changes.filter(({ process }) => process === name),
    news: () => {
      const told = news;
      news = [];
      return told;
    },
  };
}

/** Upper bounds of 1, 2, 5, 10, 20, 50 ms and so on. */
function bucketOf(ms: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(ms, 1))));
  return [1, 2, 5, 10].map((step) => step * power).find((bound) => ms <= bound) ?? 10 * power;
}

function kindOf(name: string, stores: ReadonlySet<string>): TopologyRow['kind'] {
  if (stores.has(name)) return 'store';
  return name.startsWith('balancer') ? 'balancer' : 'service';
}

function nextTraffic(
  before: Traffic | undefined,
  now: NonNullable<SystemObservation['processes']>[number],
): Traffic {
  const { inFlightCount, isInRotation, requestCount, requestMsSum } = now;
  const ended = requestCount - (before?.requestCount ?? 0);
  const wasIn = before === undefined || !before.isEjected;
  return {
    inFlight: inFlightCount,
    isEjected: !isInRotation,
    ejectedCount: (before?.ejectedCount ?? 0) + (wasIn && !isInRotation ? 1 : 0),
    requestCount,
    requestMsSum,
    // Nothing ended since: what was seen last still stands. Fewer than before: the counter began anew.
    latencyMsMean:
      ended > 0 && before !== undefined
        ? Math.max(0, (requestMsSum - before.requestMsSum) / ended)
        : before?.latencyMsMean,
  };
}
