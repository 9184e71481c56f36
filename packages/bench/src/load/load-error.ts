import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong in the driver itself; how a request ended is data, never one of these. */
export type LoadErrorCode =
  /** The sum of the outcomes is not the number of planned requests: the counting is broken. */
  | 'LEDGER_UNBALANCED'
  /** The plan asks for a journey that the system does not have. */
  | 'UNKNOWN_JOURNEY'
  /** A journey threw: its code is broken, so its figures mean nothing. */
  | 'JOURNEY_FAILED'
  /** A request that cannot be written as HTTP/1.1 (a line break in a header, a space in a path). */
  | 'UNSENDABLE_REQUEST'
  /** A target that the driver cannot reach by its scheme. */
  | 'UNSUPPORTED_TARGET'
  /** The certificate authority to trust is no certificate. */
  | 'BAD_AUTHORITY'
  /** A line of a history file is no operation. */
  | 'CORRUPT_HISTORY'
  /** The history file could not be written. */
  | 'HISTORY_WRITE_FAILED';

export function loadError(options: AppErrorOptions<LoadErrorCode>): AppError<LoadErrorCode> {
  return new AppError(options);
}
