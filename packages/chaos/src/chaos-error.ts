import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong with faults; `ChaosError.code`. */
export type ChaosErrorCode =
  | 'UNKNOWN_LINK'
  | 'UNKNOWN_PROCESS'
  | 'UNKNOWN_STORE'
  | 'UNKNOWN_FAULT_KIND'
  | 'BAD_FAULT'
  | 'PROCESS_DOWN'
  | 'STORE_REFUSED'
  | 'UNFIT_PROCESS'
  | 'NO_ROOM'
  | 'LIMIT_NOT_SET'
  | 'BURDEN_FAILED'
  | 'INSPECTOR_FAILED'
  | 'LISTEN_FAILED'
  | 'BAD_REQUEST'
  | 'BAD_STREAM'
  | 'BAD_TOXIC_TYPE'
  | 'PROXY_EXISTS'
  | 'PROXY_NOT_FOUND'
  | 'TOXIC_EXISTS'
  | 'TOXIC_NOT_FOUND'
  | 'FAULT_PROXY_FAILED'
  | 'FAULT_PROXY_REFUSED'
  | 'BAD_UNDO_STEP'
  | 'JOURNAL_FAILED'
  | 'WATCHDOG_FAILED';

export class ChaosError extends AppError<ChaosErrorCode> {
  constructor(options: AppErrorOptions<ChaosErrorCode>) {
    super(options);
    this.name = 'ChaosError';
  }
}
