import type { BreakerObservation, SystemObservation, SystemProcess, SystemStore } from '@stormcart/core';
import type { BreakerState, TopologyRow } from './drill-state.ts';

/** What is known of each process, from looks at it now and then. */
export interface LiveRows {
  observe(observation: SystemObservation, atMs: number): void;
  /** How long a store took to answer, or to be given up on. */
  felt(name: string, latencyMs: number): void;
  rows(nowMs: number): readonly TopologyRow[];
  /**
   * How often a latency fell into each bucket: of a service the mean of half a second, of a store each question. Empty
   * where nobody asks.
   */
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
  const storeLatencies = new Map<string, number>();
  const breakers = new Map<string, SeenBreaker>();
  const latencies = createLatencyCounts();
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
    felt: (name, latencyMs) => {
      storeLatencies.set(name, latencyMs);
      latencies.add(name, latencyMs);
    },
    observe: (observation, atMs) => {
      for (const breaker of observation.breakers) seeBreaker(breaker, atMs);
      for (const each of observation.processes ?? []) {
        const before = traffic.get(each.name);
        const now = nextTraffic(before, each);
        traffic.set(each.name, now);
        if (now.latencyMsMean === undefined || now.requestCount === before?.requestCount) continue;
        latencies.add(each.name, now.latencyMsMean);
      }
    },
    rows: (nowMs) =>
      processes.map((process) => {
        const { name } = process;
        return {
          name,
          kind: kindOf(name, storeNames),
          state: process.state(),
          ...latencyOfStore(storeLatencies.get(name)),
          ...trafficOf(traffic.get(name)),
          breakers: [...breakers.values()]
            .filter(({ observation }) => observation.process === name)
            .map((seen) => breakerState(seen, nowMs)),
        };
      }),
    latenciesOf: latencies.of,
    transitionsOf: (name) => changes.filter(({ process }) => process === name),
    news: () => {
      const told = news;
      news = [];
      return told;
    },
  };
}

function createLatencyCounts() {
  const counts = new Map<string, Map<number, number>>();
  return {
    add: (name: string, latencyMs: number): void => {
      const known = counts.get(name) ?? new Map<number, number>();
      const toMs = bucketOf(latencyMs);
      counts.set(name, known.set(toMs, (known.get(toMs) ?? 0) + 1));
    },
    of: (name: string): readonly LatencyBucket[] =>
      [...(counts.get(name) ?? [])]
        .map(([toMs, count]) => ({ toMs, count }))
        .toSorted((left, right) => left.toMs - right.toMs),
  };
}

/** Upper bounds of 1, 2, 5, 10, 20, 50 ms and so on. */
function bucketOf(ms: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(ms, 1))));
  return [1, 2, 5, 10].map((step) => step * power).find((bound) => ms <= bound) ?? 10 * power;
}

function latencyOfStore(latencyMs: number | undefined): Pick<TopologyRow, 'latencyMsMean'> {
  return latencyMs === undefined ? {} : { latencyMsMean: latencyMs };
}

function trafficOf(
  seen: Traffic | undefined,
): Pick<TopologyRow, 'inFlight' | 'isEjected' | 'ejectedCount' | 'latencyMsMean'> {
  if (seen === undefined) return {};
  const { inFlight, isEjected, ejectedCount, latencyMsMean } = seen;
  return {
    inFlight,
    isEjected,
    ejectedCount,
    ...(latencyMsMean === undefined ? {} : { latencyMsMean }),
  };
}

function breakerState({ observation, sinceMs }: SeenBreaker, nowMs: number): BreakerState {
  const { name, state, openedCount } = observation;
  return { name, state, forMs: Math.max(0, nowMs - sinceMs), openedCount };
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
