import { AppError } from '@stormcart/core';

export const policyKinds = ['none', 'opossum', 'cockatiel'] as const;
export type PolicyKind = (typeof policyKinds)[number];

/** How calls to one dependency are guarded. One per dependency and process, as long-lived as the process. */
export interface Policy {
  /** `catalog.redis`: how metrics and gates name its breaker. */
  readonly name: string;
  /**
   * Runs the action, or refuses it with `BREAKER_OPEN`, `CALLS_FULL` or `DEADLINE_PASSED`, or gives up on it with
   * `CALL_TIMED_OUT` or `DEADLINE_PASSED`. The signal is aborted when the timeout gave up on the action; one that
   * cannot be cancelled needs a bound of its own.
   */
  execute<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Undefined when it has no breaker. */
  observe(): PolicySight | undefined;
  /** Ends its timers. */
  close(): void;
}

/** A library's timeout and breaker, without the bounds that hold for all of them. */
export interface Breaker {
  execute<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  observe(): BreakerSight;
  close(): void;
}

/** Counters grow from 0 within one life of the process. */
export interface BreakerSight {
  readonly state: 'closed' | 'open' | 'halfOpen';
  readonly openedCount: number;
  readonly halfOpenedCount: number;
  readonly closedCount: number;
  /** Not tried, because the breaker was open or another call was trying. */
  readonly refusedCount: number;
}

export interface PolicySight extends BreakerSight {
  /** Begun, and then nobody waited for the result: the dependency worked for nothing. */
  readonly wastedCount: number;
  /** Not tried, because too many were under way. They say nothing about the dependency's health. */
  readonly overflowCount: number;
}

export type PolicyErrorCode = 'BREAKER_OPEN' | 'CALL_TIMED_OUT' | 'CALLS_FULL';

export function breakerOpen(name: string, cause?: unknown): AppError<PolicyErrorCode> {
  return policyError('BREAKER_OPEN', `${name} is open: the call was not tried`, cause);
}

export function callTimedOut(name: string, timeoutMs: number, cause?: unknown): AppError<PolicyErrorCode> {
  return policyError('CALL_TIMED_OUT', `${name} did not answer within ${timeoutMs} ms`, cause);
}

export function callsFull(name: string, underWay: number): AppError<PolicyErrorCode> {
  return policyError('CALLS_FULL', `${name} has ${underWay} calls under way: this one was not tried`);
}

function policyError(code: PolicyErrorCode, message: string, cause?: unknown): AppError<PolicyErrorCode> {
  return new AppError({ kind: 'environment', code, message, cause });
}
