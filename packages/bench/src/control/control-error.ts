import { AppError } from '@stormcart/core';

/** A command that cannot be carried out, with the status of its answer. */
export class CommandRefused extends AppError {
  readonly status: 400 | 404 | 409;

  constructor(status: CommandRefused['status'], message: string, hint?: string) {
    super({ kind: 'usage', code: 'COMMAND_REFUSED', message, ...(hint === undefined ? {} : { hint }) });
    this.name = 'CommandRefused';
    this.status = status;
  }
}
