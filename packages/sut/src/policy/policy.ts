import { AppError } from '@stormcart/core';

export const policyKinds = ['none', 'opossum', 'cockatiel'] as const;
export type PolicyKind = (typeof policyKinds)[number];

/** How calls to one dependency are guarded. One per dependency and process, as long-lived as the process. */
export interface Policy {
  /** `catalog.redis`: how metrics and gates name its breaker. */
  readonly name: string;
  /**
   * Runs the action, or refuses it with `BREAKER_OPEN`, or gives up on it with `CALL_TIMED_OUT`. The signal is
   * aborted when nobody waits for the action any more; an action that cannot be cancelled needs a bound of its own.
   */
  execute<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Undefined when it has no breaker. */
  observe(): BreakerSight | undefined;
  /** Ends its timers. */
  close(): void;
}

/** Counters grow from 0 within one life of the process. */
export interface BreakerSight {
  readonly state: 'closed' | 'open' | 'halfOpen';
  readonly openedCount: number;
  readonly refusedCount: number;
}

export type PolicyErrorCode = 'BREAKER_OPEN' | 'CALL_TIMED_OUT';

export function breakerOpen(name: string, cause?: unknown): AppError<PolicyErrorCode> {
  return new AppError({
    kind: 'environment',
    code: 'BREAKER_OPEN',
    message: `${name} is open: the call was not tried`,
    cause,
  });
}

export function callTimedOut(name: string, timeoutMs: number, cause?: unknown): AppError<PolicyErrorCode> {
  return new AppError({
    kind: 'environment',
    code: 'CALL_TIMED_OUT',
    message: `${name} did not answer within ${timeoutMs} ms`,
    cause,
  });
}
