import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong with shares of a plan; that a share is lost is data, never one of these. */
export type ShareErrorCode =
  /** A share's task or figures cannot be understood or contradict themselves: another version, or broken counting. */
  | 'BAD_SHARE'
  /** All shares are there, yet their sum is not the plan: the counting is broken. */
  | 'PLAN_NOT_MET'
  /** A scenario whose load others cannot make. */
  | 'NOT_SHAREABLE'
  /** Whoever makes a share cannot reach what it is to load. */
  | 'TARGET_OUT_OF_REACH'
  /** What a share has seen was not taken in time, and there is no room for more. */
  | 'SAMPLES_NOT_TAKEN'
  /** A driver process did not come up. */
  | 'NO_DRIVER_PROCESS';

export function shareError(options: AppErrorOptions<ShareErrorCode>): AppError<ShareErrorCode> {
  return new AppError(options);
}
