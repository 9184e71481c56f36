import { AppError, messageOf, systemCodeOf } from '@stormcart/core';

/** MariaDB error numbers that the shop acts on. */
const LOCK_WAIT_TIMEOUT = 1205;
const DEADLOCK = 1213;
const DUPLICATE_KEY = 1062;

/**
 * The server refuses for now: too many connections 1040, shutting down 1053, gone 2006/2013, read-only 1290,
 * not part of the cluster 1047, killed 1317/1927, statement took too long 1969.
 */
const SERVER_UNAVAILABLE = new Set([1040, 1047, 1053, 1290, 1317, 1927, 1969, 2006, 2013]);

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'POOL_CLOSED',
]);

/** Failures of mysql2 that carry no `code`. */
const CONNECTION_MESSAGES =
  /closed state|connection is closed|pool is closed|no connections available|queue limit/i;

/** The database cannot answer at the moment. Whether an interrupted commit took effect is unknown. */
export function databaseUnavailable(cause: unknown): AppError<'STORE_UNAVAILABLE'> {
  return new AppError({
    kind: 'environment',
    code: 'STORE_UNAVAILABLE',
    message: `mariadb: ${messageOf(cause)}`,
    cause,
  });
}

function errnoOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? error.errno : undefined;
}

export function isDuplicateKey(error: unknown): boolean {
  return errnoOf(error) === DUPLICATE_KEY;
}

export function isLockWaitTimeout(error: unknown): boolean {
  return errnoOf(error) === LOCK_WAIT_TIMEOUT;
}

/** Another transaction was in the way: the whole transaction may go again. */
export function isTransactionConflict(error: unknown): boolean {
  return errnoOf(error) === DEADLOCK || isLockWaitTimeout(error);
}

/** What the shop's own database said, not another store's client or the payment provider's. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORE_UNAVAILABLE';
}

export function isUnavailable(error: unknown): boolean {
  if (error instanceof AppError) return isDatabaseUnavailable(error);
  const errno = errnoOf(error);
  if (errno !== undefined && SERVER_UNAVAILABLE.has(errno)) return true;
  const code = systemCodeOf(error);
  if (code !== undefined && CONNECTION_CODES.has(code)) return true;
  return error instanceof Error && CONNECTION_MESSAGES.test(error.message);
}
