import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can go wrong with faults; `ChaosError.code`. */
export type ChaosErrorCode =
  | 'UNKNOWN_LINK'
  | 'UNKNOWN_PROCESS'
  | 'UNKNOWN_SWITCH'
  | 'UNKNOWN_FAULT_KIND'
  | 'BAD_FAULT'
  | 'PROCESS_DOWN'
  | 'LISTEN_FAILED'
  | 'FAULT_PROXY_FAILED'
  | 'FAULT_PROXY_REFUSED';

export class ChaosError extends AppError<ChaosErrorCode> {
  constructor(options: AppErrorOptions<ChaosErrorCode>) {
    super(options);
    this.name = 'ChaosError';
  }
}
