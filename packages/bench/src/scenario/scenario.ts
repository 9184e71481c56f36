import type { FaultKind, FaultSpec } from '@stormcart/chaos';
import type { SystemConfig } from '@stormcart/core';
import type { Gate } from '../judge/gate.ts';
import type { Habits } from '../load/habit/habits.ts';
import type { Feeds } from '../own-system/feed/feed.ts';
import type { ArrivalMode, Stage } from '../plan/stage.ts';
import type { External } from './format/external.ts';
import type { PlainRequests } from './format/requests.ts';

/**
 * A checked scenario: every name in it exists. Quantities are in base units: ms, per second, bytes
 * (per second), fractions. Durations of load and faults are already scaled.
 */
export interface Scenario {
  /** The path it was read from. */
  readonly file: string;
  readonly name: string;
  readonly about: string;
  readonly hypothesis: string;
  /** The module of the system, as the file has it; absent for the shop and for what runs already. */
  readonly sut?: string;
  /** A system that runs already. */
  readonly external?: External;
  /** The scenario's own requests, journeys of one step. */
  readonly requests?: PlainRequests;
  /** Records for these requests. */
  readonly feeds?: Feeds;
  readonly seed: number;
  /** What the durations of load and faults were multiplied by. */
  readonly scale: number;
  readonly config: SystemConfig;
  readonly load: Load;
  readonly availability: AvailabilityRule;
  readonly steadyState: readonly Gate[];
  readonly faults: readonly ScenarioFault[];
  readonly gates: readonly Gate[];
  /** Invariants to check: all, or these. */
  readonly audit: 'all' | readonly string[];
  readonly abort?: AbortRule;
}

interface Load {
  /** Weights by journey. */
  readonly mix: Readonly<Record<string, number>>;
  readonly stages: readonly Stage[];
  /** What exceeds it is dropped, and counted as failed. */
  readonly maxInFlight: number;
  /** From the intended start. */
  readonly timeoutMs: number;
  readonly arrivals: ArrivalMode;
  readonly habits: Habits;
}

interface AvailabilityRule {
  readonly sliceMs: number;
  /** A slice with a smaller share of success than this is down. */
  readonly downBelow: number;
  /** What the error budget is reckoned against. */
  readonly objective?: number;
}

export interface ScenarioFault {
  readonly id: string;
  /** From the start of the load, its warm-up included. */
  readonly atMs: number;
  readonly forMs: number;
  readonly target: FaultTarget;
}

/** What is broken and how; names are full, patterns resolved, and attributes complete. */
export interface FaultTarget extends Omit<FaultSpec, 'id'> {
  /** The settings that its kind has, where the system says so and not the table of families. */
  readonly settings?: FaultKind['attributes'];
}

/** Ends the drill early once the condition has held for this long without a break. */
export interface AbortRule {
  readonly condition: Gate;
  readonly forMs: number;
}
