import type { RequestOutcome } from '@stormcart/core';
import { loadError } from './load-error.ts';

/** Every way in which a planned request can end, in the order in which people read them. */
export const REQUEST_OUTCOMES = [
  'ok',
  'httpError',
  'rejected',
  'connectError',
  'reset',
  'truncated',
  'timeout',
  'dropped',
  'unfinished',
] as const satisfies readonly RequestOutcome[];

/** Counts of requests: what was planned and what became of it. */
export type LedgerTotals = Readonly<Record<RequestOutcome | 'planned', number>>;

/**
 * The books of a run. Planning and ending are counted apart, each where it happens, so that a request
 * which is lost or ends twice shows as a difference.
 */
export interface Ledger {
  plan(): void;
  end(outcome: RequestOutcome): void;
  /** Adds the books of another. */
  merge(totals: LedgerTotals): void;
  totals(): LedgerTotals;
}

export function createLedger(): Ledger {
  let planned = 0;
  const outcomes = noOutcomes();
  return {
    plan: () => {
      planned += 1;
    },
    end: (outcome) => {
      outcomes[outcome] += 1;
    },
    merge: (totals) => {
      planned += totals.planned;
      for (const outcome of REQUEST_OUTCOMES) outcomes[outcome] += totals[outcome];
    },
    totals: () => ({ planned, ...outcomes }),
  };
}

export function noOutcomes(): Record<RequestOutcome, number> {
  return {
    ok: 0,
    httpError: 0,
    rejected: 0,
    connectError: 0,
    reset: 0,
    truncated: 0,
    timeout: 0,
    dropped: 0,
    unfinished: 0,
  };
}

/** Throws LEDGER_UNBALANCED unless planned is exactly the sum of the outcomes. */
export function assertBalanced(totals: LedgerTotals): void {
  const sum = REQUEST_OUTCOMES.reduce((total, outcome) => total + totals[outcome], 0);
  if (sum === totals.planned) return;
  throw loadError({
    kind: 'internal',
    code: 'LEDGER_UNBALANCED',
    message: `${totals.planned} requests were planned but ${sum} outcomes were counted`,
    details: { ...totals },
  });
}
