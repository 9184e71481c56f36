import { AppError, systemClock } from '@stormcart/core';
import { outcomesText } from '../report/terminal-words.ts';
import { runTrial, type TrialResult, type TrialSubject } from './run-trial.ts';
import {
  type NextStep,
  nextStep,
  type SearchOptions,
  type TrialOutcome,
  type TrialPurpose,
} from './search.ts';

export interface CapacityOptions {
  readonly subject: TrialSubject;
  readonly search: SearchOptions;
  readonly trialMs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onTrial: (purpose: TrialPurpose, perSecond: number) => void;
  readonly onResult: (result: TrialResult) => void;
}

export interface CapacityResult {
  readonly end: Exclude<NextStep, { readonly kind: 'try' }>;
  readonly trials: readonly (TrialResult & { readonly purpose: TrialPurpose })[];
}

/**
 * A system that was driven beyond its limit needs a while until what is under way in it has gone: no longer than it was
 * driven, and no longer than usual timeouts keep work alive.
 */
function restMs(before: TrialOutcome, trialMs: number): number {
  return before === 'met' ? Math.min(1_000, trialMs / 4) : Math.min(3_000, trialMs);
}

/** What holds at a rate for a while may not hold for long: queues fill slowly just above the limit. */
const CONFIRMATION_LENGTH = 2;

/** Searches the highest rate that meets the objective. Throws UNMEASURABLE_OBJECTIVE where a gate has nothing to measure. */
export async function findCapacity(options: CapacityOptions): Promise<CapacityResult> {
  const { subject, search, trialMs, signal } = options;
  const trials: (TrialResult & { readonly purpose: TrialPurpose })[] = [];
  for (;;) {
    const step = nextStep(trials, search);
    if (step.kind !== 'try') return { end: step, trials };
    const { purpose, perSecond } = step;
    options.onTrial(purpose, perSecond);
    const before = trials.at(-1);
    if (before !== undefined) await systemClock.sleep(restMs(before.outcome, trialMs), signal);
    const forMs = purpose === 'confirm' ? trialMs * CONFIRMATION_LENGTH : trialMs;
    const result = await runTrial(subject, perSecond, forMs, options.seed + trials.length, signal);
    const unknown = result.gates.find(({ kind }) => kind === 'unknown');
    if (unknown !== undefined && result.outcome !== 'saturated' && result.ledger.ok > 0) {
      throw new AppError({
        kind: 'usage',
        code: 'UNMEASURABLE_OBJECTIVE',
        message: `the objective cannot be measured: ${unknown.reason}`,
        hint: 'Use latencies (p50, p99, max), success or availability, and routes that the load has.',
      });
    }
    if (trials.length === 0 && result.ledger.ok === 0) throw notAnswering(subject, result);
    options.onResult(result);
    trials.push({ ...result, purpose });
  }
}

function notAnswering({ target }: TrialSubject, { ledger, perSecond }: TrialResult): AppError {
  return new AppError({
    kind: 'environment',
    code: 'NOTHING_ANSWERED',
    message: `${target.origin} answered nothing right at ${perSecond}/s: ${outcomesText(ledger)}`,
    hint: 'Is it running, and is this its address? `stormcart load URL --rate 10/s --for 2s` shows more.',
  });
}
