import type { Clock } from '../clock/clock.ts';

export interface RetryBudgetFigures {
  /** Retries allowed per ordinary request: 0.1 is one in ten. */
  readonly share: number;
  /** Retries allowed beside that, so that a quiet caller may retry at all. */
  readonly perSecondMin: number;
  /** What was saved up longer ago than this is lost: an hour without failures must not pay for a storm. */
  readonly keptMs: number;
}

/**
 * Says how many retries all requests of one process may make together. A count per request bounds one request; only
 * this bounds the load that retries add to a dependency in trouble.
 */
export interface RetryBudget {
  /** An ordinary request: it adds to the balance. */
  deposit(): void;
  /** Takes one retry; false when the balance does not cover it. */
  withdraw(): boolean;
}

/** A token bucket after Finagle's RetryBudget (Twitter, `com.twitter.finagle.service.RetryBudget`). */
export function createRetryBudget(figures: RetryBudgetFigures, clock: Clock): RetryBudget {
  const { share, perSecondMin, keptMs } = figures;
  const reserveMax = (perSecondMin * keptMs) / 1_000;
  let reserve = reserveMax;
  let saved = 0;
  let atMs = clock.now();

  const age = (): void => {
    const nowMs = clock.now();
    const passedMs = Math.max(nowMs - atMs, 0);
    atMs = nowMs;
    reserve = Math.min(reserveMax, reserve + (perSecondMin * passedMs) / 1_000);
    // Decays so that a steady rate keeps what it saved within `keptMs`, without a list of when each was saved.
    saved *= Math.exp(-passedMs / keptMs);
  };

  return {
    deposit: () => {
      age();
      saved += share;
    },
    withdraw: () => {
      age();
      if (saved >= 1) {
        saved -= 1;
        return true;
      }
      if (reserve < 1) return false;
      reserve -= 1;
      return true;
    },
  };
}
