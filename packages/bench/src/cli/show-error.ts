import { AppError, messageOf } from '@stormcart/core';
import type { Terminal } from './terminal.ts';

/** Errors are for people: what, then what to do. A stack is shown only for what is our own fault. */
export function showError(terminal: Terminal, error: unknown): void {
  const { bad, dim } = terminal.messageStyle;
  terminal.message(`${bad('error')}: ${messageOf(error)}`);
  if (error instanceof AppError && error.hint !== undefined) terminal.message(error.hint);
  if (process.env.STORMCART_DEBUG !== undefined && error instanceof Error) {
    terminal.message(dim(error.stack ?? ''));
  }
}
