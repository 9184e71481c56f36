import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong between a dashboard and its drill; a lost connection is data, never one of these. */
export type DashboardErrorCode =
  /** No drill is running, or not the one that was named. */
  | 'NO_LIVE_DRILL'
  /** The run directory's control file is none, or of another version. */
  | 'BAD_CONTROL_FILE'
  /** The drill refused what was asked; the message says why. */
  | 'REFUSED'
  /** The drill did not answer in time, or not at all. */
  | 'NO_ANSWER';

export function dashboardError(options: AppErrorOptions<DashboardErrorCode>): AppError<DashboardErrorCode> {
  return new AppError(options);
}
