import type { LockoutFigures } from './figures.ts';

/** What is remembered of a subject's failures; all zero for one without any. */
export interface FailureCount {
  readonly failures: number;
  /** What is left of the lock; 0 when there is none. */
  readonly lockedMicroseconds: number;
  /** Since the last failure. */
  readonly quietSeconds: number;
}

/** The count after one more failure, and the lock that it earns. */
export interface CountedFailure {
  readonly failures: number;
  readonly lockSeconds: number;
}

export function countFailure(count: FailureCount, figures: LockoutFigures): CountedFailure {
  const failures = count.quietSeconds >= figures.forgetSeconds ? 1 : count.failures + 1;
  return { failures, lockSeconds: lockSecondsAfter(failures, figures) };
}

function lockSecondsAfter(
  failures: number,
  { freeFailures, firstLockSeconds, lockSecondsMax }: LockoutFigures,
): number {
  if (failures < freeFailures) return 0;
  return Math.min(lockSecondsMax, firstLockSeconds * 2 ** (failures - freeFailures));
}
