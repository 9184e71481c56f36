import { AppError } from '@stormcart/core';
import { Interruption } from '../drill/interruption.ts';

/** What the shell and CI see; part of the outside contract. */
export const exitCodes = {
  pass: 0,
  fail: 1,
  usage: 2,
  inconclusive: 3,
  environment: 4,
} as const;

/** The exit code that an error ends the program with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  if (error instanceof AppError && error.kind === 'usage') return exitCodes.usage;
  return exitCodes.environment;
}
