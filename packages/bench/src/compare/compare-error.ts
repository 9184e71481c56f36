import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong in comparing, by code. */
export type CompareErrorCode =
  /** A file or folder that is no run. */
  | 'NO_COMPARABLE_RUN'
  /** Runs that were not made under the same conditions. */
  | 'DIFFERENT_SETTINGS'
  /** A metric, a minimum effect or a pairing that cannot be. */
  | 'BAD_COMPARISON'
  /** A side of an A/B comparison that could not be run. */
  | 'SIDE_FAILED'
  /** A git revision that cannot be had as a worktree of its own. */
  | 'BAD_REVISION';

export function compareError(options: AppErrorOptions<CompareErrorCode>): AppError<CompareErrorCode> {
  return new AppError(options);
}
