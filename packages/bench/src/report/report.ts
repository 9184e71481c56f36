import type { ChildState, InvariantResult, RequestOutcome, SystemConfig } from '@stormcart/core';
import type { GateResult } from '../judge/evaluate-gate.ts';
import type { LedgerTotals } from '../load/ledger.ts';
import type { SelfCheck } from '../load/self-check.ts';
import type { Outage } from '../measure/availability.ts';
import type { BreakerHistory } from '../measure/breakers.ts';
import type { SecondRow } from '../measure/seconds.ts';
import type { Leaves } from '../scenario/leaves.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** `report.json`: everything that a drill found, in plain data. Times are ms from the load's start unless named otherwise. */
export interface Report {
  readonly format: 'stormcart-report';
  readonly version: 1;
  readonly scenario: ReportScenario;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'interrupted';
  readonly exitCode: number;
  /** Why the verdict is what it is, most important first. */
  readonly reasons: readonly string[];
  readonly boot: {
    readonly tookMs: number;
    readonly steps: readonly { readonly step: string; readonly tookMs: number }[];
  };
  readonly load: ReportLoad;
  readonly availability: ReportAvailability;
  readonly faults: readonly ReportFault[];
  readonly phases: readonly ReportCell[];
  readonly routes: readonly ReportCell[];
  readonly timeline: readonly ReportSecond[];
  readonly breakers: readonly ReportBreaker[];
  readonly processEvents: readonly ReportProcessEvent[];
  readonly steadyState: readonly ReportGate[];
  readonly gates: readonly ReportGate[];
  readonly audit: ReportAudit;
  readonly generator: ReportGenerator;
  readonly environment: Readonly<Record<string, string | number>>;
  /** What to type to run the same again. */
  readonly again: string;
}

/** What was run: the scenario's head and the system's shape. */
export type ReportScenario = Pick<Scenario, 'name' | 'file' | 'about' | 'hypothesis' | 'seed' | 'scale'> &
  SystemConfig & {
    /** What shapes what was measured: load, faults, slices; by path, as `load.stages[0].forMs`. */
    readonly content: Leaves;
  };

export interface Quantiles {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface ReportLoad {
  readonly totalMs: number;
  readonly measuredMs: number;
  /** Journeys started, warm-up included. */
  readonly arrivals: number;
  /** Requests, warm-up included: what was sent adds up to what was planned. */
  readonly ledger: LedgerTotals;
  /** Measured requests only, from the intended start; undefined without samples. */
  readonly latency?: Quantiles;
  /** The same from the actual send. */
  readonly latencyFromSend?: Quantiles;
}

export interface ReportAvailability {
  /** 1 − downtime ÷ measured time; undefined without slices. */
  readonly fraction?: number;
  readonly successFraction?: number;
  readonly sliceMs: number;
  readonly downBelow: number;
  readonly objective?: number;
  /** One character a slice: `+` up, `-` down. */
  readonly slices: string;
  /** Where the first slice begins. */
  readonly slicesStartMs: number;
  readonly downMs: number;
  readonly outages: readonly Outage[];
  /** Share of the objective's error budget that the downtime used; above 1 it is overspent. */
  readonly errorBudgetUsed?: number;
}

export interface ReportFault {
  readonly id: string;
  readonly what: string;
  readonly plannedAtMs: number;
  readonly plannedForMs: number;
  readonly appliedMs?: number;
  readonly revertedMs?: number;
  readonly hits: number;
  /** After revert its absence was seen. */
  readonly isVerified: boolean;
  readonly problem?: string;
  readonly during: ReportCell;
  /** To the first of three good slices in a row; 0 when it never went down; undefined when it stayed down. */
  readonly recoveryFromStartMs?: number;
  readonly recoveryFromEndMs?: number;
}

export interface ReportCell {
  readonly name: string;
  readonly planned: number;
  readonly outcomes: Readonly<Record<RequestOutcome, number>>;
  readonly successFraction?: number;
  readonly latency?: Quantiles;
}

/** The requests that were due in one second. */
export type ReportSecond = SecondRow;

export type ReportBreaker = BreakerHistory;

export interface ReportProcessEvent {
  readonly atMs: number;
  readonly name: string;
  readonly state: ChildState;
  readonly reason?: string;
}

export interface ReportGate extends GateResult {
  /** For the steady state: when it was looked at. */
  readonly when?: 'before the first fault' | 'at the end';
}

export interface ReportAudit {
  readonly isDrained: boolean;
  readonly drainedAfterMs: number;
  readonly remaining: readonly string[];
  readonly operationsCount: number;
  readonly invariants: readonly InvariantResult[];
}

/** What the load generator says about itself. */
export type ReportGenerator = SelfCheck;
