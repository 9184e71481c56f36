import type { LedgerTotals } from '../load/ledger.ts';

/**
 * What a dashboard, or a script, is told of a running drill: plain JSON. Times are milliseconds since the load's
 * start unless they say otherwise; shares are fractions of 1. Absent always means: nothing to tell from yet.
 */
export interface DrillState {
  /** The run directory's name. */
  readonly run: string;
  readonly scenario: {
    readonly name: string;
    readonly about: string;
    readonly hypothesis: string;
    readonly seed: number;
  };
  readonly stage: DrillStage;
  /** `warmup`, `baseline`, the id of a fault, `recovery`; absent outside the load. */
  readonly phase?: string;
  readonly atMs: number;
  readonly totalMs: number;
  readonly entryUrl: string;
  readonly load: LoadState;
  readonly ledger: LedgerTotals;
  readonly availability?: number;
  /** What availability is held against. */
  readonly objective?: number;
  /** Of the slices that are over; the last one may go on. */
  readonly outages: readonly { readonly startMs: number; readonly endMs: number; readonly fault?: string }[];
  readonly faults: readonly FaultState[];
  readonly gates: readonly GateState[];
  readonly rows: readonly TopologyRow[];
  /** The latest seconds, the newest last, at most `SECONDS_SHOWN`. */
  readonly seconds: readonly SecondState[];
  readonly verdict: VerdictState;
}

/** As many seconds as the widest screen has columns. */
export const SECONDS_SHOWN = 200;

export type DrillStage = 'booting' | 'load' | 'draining' | 'auditing' | 'over';

export interface LoadState {
  readonly isPaused: boolean;
  /** What the planned rate is multiplied by; 1 unless somebody changed it. */
  readonly factor: number;
  /** Arrivals per second that are due now, with pause and factor. */
  readonly plannedPerSecond: number;
  readonly inFlight: number;
  /** How late the generator sends, 99th percentile. */
  readonly slipMsP99?: number;
}

export interface FaultState {
  readonly id: string;
  readonly what: string;
  /** Planned, or real once it has begun. */
  readonly startMs: number;
  readonly endMs: number;
  readonly state: 'toCome' | 'on' | 'over' | 'failed';
  /** Somebody injected it while the drill ran. */
  readonly isByHand: boolean;
  readonly hitCount?: number;
  readonly problem?: string;
}

export interface GateState {
  readonly text: string;
  /** As if the drill ended now. */
  readonly kind: 'pass' | 'fail' | 'unknown';
  readonly measuredText: string;
  readonly limitText: string;
  /**
   * How much of the limit is left: 1 is as good as it gets, 0 is at the limit, negative is beyond it. Absent where
   * there is nothing to measure by.
   */
  readonly room?: number;
}

export interface TopologyRow {
  /** `orders/1`, `redis`, `balancer` */
  readonly name: string;
  readonly kind: 'service' | 'store' | 'balancer' | 'outside';
  readonly state: 'starting' | 'ready' | 'down' | 'stopped' | 'unknown';
  /** Requests under way there; absent where nobody counts them. */
  readonly inFlight?: number;
  /**
   * Of the requests that ended between two looks, half a second apart, seen from whoever sends them; of a store how
   * long the smallest question took it just now.
   */
  readonly latencyMsMean?: number;
  /** Of a back end: the balancer has put it aside. */
  readonly isEjected?: boolean;
  readonly ejectedCount?: number;
  readonly breakers: readonly BreakerState[];
}

export interface BreakerState {
  /** `catalog.redis` */
  readonly name: string;
  readonly state: 'closed' | 'open' | 'halfOpen';
  /** How long it has been in this state. */
  readonly forMs: number;
  readonly openedCount: number;
}

export interface SecondState {
  readonly startMs: number;
  readonly plannedCount: number;
  readonly okCount: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Share of the second's slices that were up; absent in the warm-up. */
  readonly availability?: number;
}

export interface VerdictState {
  /** `undecided` until the audit is over. */
  readonly kind: 'undecided' | 'pass' | 'fail' | 'inconclusive';
  /** Why, or what speaks against a pass so far; the weightiest first. */
  readonly reasons: readonly string[];
}

/** One line of what happened. */
export interface LogEntry {
  /** Ever growing, from 1; the SSE event's id. */
  readonly number: number;
  readonly atMs: number;
  readonly kind: 'fault' | 'process' | 'hand' | 'outage' | 'breaker' | 'notice';
  readonly text: string;
}

/** What `GET /v1/rows/:name` answers. */
export interface RowDetails {
  readonly row: TopologyRow;
  readonly pid?: number;
  /** Counts of latencies, in rising order; only buckets that hold any. */
  readonly latencyHistogram?: readonly { readonly toMs: number; readonly count: number }[];
  /** The latest lines of its log, the newest last; at most 200. */
  readonly logTail: readonly string[];
  readonly transitions: readonly {
    readonly breaker: string;
    readonly atMs: number;
    readonly to: BreakerState['state'];
  }[];
}

/** One kind of fault that can be injected now. */
export interface FaultOffer {
  /** The scenario's keys: `{link: …, toxic: …}`. */
  readonly targetKey: string;
  readonly kindKey: string;
  readonly kind: string;
  readonly about: string;
  readonly targets: readonly string[];
  readonly settings: readonly FaultSetting[];
}

export interface FaultSetting {
  readonly name: string;
  readonly about: string;
  /** As it would be written in a scenario; absent where it must be given or may be left out. */
  readonly usual?: string;
  readonly isRequired: boolean;
  /** For words. */
  readonly accepted?: readonly string[];
}
