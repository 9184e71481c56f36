import type { Journey } from '@stormcart/core';
import { evaluateGate, type GateResult } from '../judge/evaluate-gate.ts';
import type { Gate } from '../judge/gate.ts';
import { runLoad } from '../load/driver.ts';
import type { Habits } from '../load/habit/habits.ts';
import type { Trust } from '../load/http/target.ts';
import type { LedgerTotals } from '../load/ledger.ts';
import { createMeasurement } from '../measure/measurement.ts';
import { createPlan } from '../plan/plan.ts';
import { readQuantiles } from '../report/read-quantiles.ts';
import type { Quantiles, ReportGenerator } from '../report/report.ts';
import type { TrialOutcome } from './search.ts';

/** What is loaded, and what it must keep to. */
export interface TrialSubject {
  readonly target: URL;
  readonly trust?: Trust;
  readonly journeys: readonly Journey[];
  readonly mix: Readonly<Record<string, number>>;
  readonly habits?: Habits;
  readonly objective: readonly Gate[];
  readonly timeoutMs: number;
  readonly sliceMs: number;
}

export interface TrialResult {
  readonly perSecond: number;
  readonly outcome: TrialOutcome;
  readonly ledger: LedgerTotals;
  /** Requests that were answered right, per second of measured time. */
  readonly goodPerSecond: number;
  readonly latency?: Quantiles;
  readonly gates: readonly GateResult[];
  readonly generator: ReportGenerator;
}

/** Connections open and caches fill; what a rate costs then is not what it costs later. */
const WARMUP_SHARE = 0.2;

/** Drives the system at one rate for a while, after a warm-up of a fifth of it, and judges what came back. */
export async function runTrial(
  subject: TrialSubject,
  perSecond: number,
  forMs: number,
  seed: number,
  signal: AbortSignal,
): Promise<TrialResult> {
  const { target, trust, journeys, mix, habits = {}, objective, timeoutMs, sliceMs } = subject;
  const stages = [
    { kind: 'constant', forMs: forMs * WARMUP_SHARE, perSecond, isWarmup: true },
    { kind: 'constant', forMs, perSecond, isWarmup: false },
  ] as const;
  const plan = createPlan(stages, { seed, arrivals: 'constant', mix });
  const measurement = createMeasurement({
    totalMs: plan.totalMs,
    warmupUntilMs: plan.warmupUntilMs,
    sliceMs,
    downBelow: USUAL_DOWN_BELOW,
    faults: [],
    keepsSamples: objective.some(({ windowMs }) => windowMs !== undefined),
  });
  const result = await runLoad({
    plan,
    journeys,
    target,
    ...(trust === undefined ? {} : { trust }),
    seed,
    habits,
    runId: `capacity-${seed}`,
    timeoutMs,
    signal,
    sink: { sample: (sample) => measurement.add(sample), operation: () => undefined },
  });
  signal.throwIfAborted();
  const gates = objective.map((gate) => evaluateGate(gate, measurement));
  const latency = readQuantiles((quantile) => measurement.latencyMs(quantile, {}));
  return {
    perSecond,
    outcome: outcomeOf(gates, result.selfCheck.isSaturated),
    ledger: result.ledger,
    goodPerSecond: measurement.count('ok', {}) / (measurement.measuredMs({}) / 1_000),
    ...(latency === undefined ? {} : { latency }),
    gates,
    generator: result.selfCheck,
  };
}

/** As scenarios have it when they say nothing. */
const USUAL_DOWN_BELOW = 0.95;

/** Figures of a saturated generator are believed neither way. */
function outcomeOf(gates: readonly GateResult[], isSaturated: boolean): TrialOutcome {
  if (isSaturated) return 'saturated';
  return gates.every(({ kind }) => kind === 'pass') ? 'met' : 'missed';
}
