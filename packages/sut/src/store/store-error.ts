import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong with a private store before and while it starts. */
export type StoreErrorCode =
  /** A server program is not on this machine. */
  | 'STORE_PROGRAM_MISSING'
  /** The package manager failed, or there is none that we can drive. */
  | 'STORE_INSTALL_FAILED'
  /** The kept copy of a fresh data folder could not be made. */
  | 'STORE_TEMPLATE_FAILED';

export function storeError(options: AppErrorOptions<StoreErrorCode>): AppError<StoreErrorCode> {
  return new AppError(options);
}
