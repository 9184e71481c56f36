import type { ChildState, InvariantResult, RequestOutcome } from '@stormcart/core';

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

export interface ReportScenario {
  readonly name: string;
  readonly file: string;
  readonly about: string;
  readonly hypothesis: string;
  readonly seed: number;
  readonly topology: string;
  readonly services: Readonly<Record<string, number>>;
  readonly policies: Readonly<Record<string, string>>;
  readonly algorithm: string;
}

export type Ledger = Readonly<Record<RequestOutcome, number>> & { readonly planned: number };

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
  readonly ledger: Ledger;
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
  readonly outages: readonly ReportOutage[];
  /** Share of the objective's error budget that the downtime used; above 1 it is overspent. */
  readonly errorBudgetUsed?: number;
}

export interface ReportOutage {
  readonly startMs: number;
  readonly endMs: number;
  /** The faults that were active when it began. */
  readonly faults: readonly string[];
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

export interface ReportSecond {
  readonly startMs: number;
  readonly planned: number;
  readonly ok: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

export interface ReportBreaker {
  readonly name: string;
  readonly openedCount: number;
  readonly refusedCount: number;
  readonly transitions: readonly {
    readonly atMs: number;
    readonly process: string;
    readonly state: string;
  }[];
}

export interface ReportProcessEvent {
  readonly atMs: number;
  readonly name: string;
  readonly state: ChildState;
  readonly reason?: string;
}

export interface ReportGate {
  readonly text: string;
  readonly line?: number;
  /** For the steady state: when it was looked at. */
  readonly when?: 'before the first fault' | 'at the end';
  readonly kind: 'pass' | 'fail' | 'unknown';
  readonly measuredText: string;
  readonly reason?: string;
}

export interface ReportAudit {
  readonly isDrained: boolean;
  readonly drainedAfterMs: number;
  readonly remaining: readonly string[];
  readonly operationsCount: number;
  readonly invariants: readonly InvariantResult[];
}

export interface ReportGenerator {
  readonly isSaturated: boolean;
  readonly reasons: readonly string[];
  readonly slipMsP50: number;
  readonly slipMsP99: number;
  readonly slipMsMax: number;
  readonly eventLoopLagMsP99: number;
}
