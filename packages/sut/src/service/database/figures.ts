/** Bounds of one process's MariaDB pool. */
export const databaseFigures = {
  /** Eight processes × 10 stay under MariaDB's default of 151 connections, with room for people and snapshots. */
  connections: 10,
  /** Ten callers waiting per connection is a second's work at 10 ms a query; more only grows the delay. */
  waitingMax: 100,
  /** On loopback a connection takes a millisecond; a slow link of some 200 ms still makes it. */
  connectTimeoutMs: 2_000,
  /** Longer than a lock wait (below), so that the server's clear error comes before our silence. */
  queryTimeoutMs: 4_000,
  /**
   * A statement gets this much even when less is left of its request: giving one up costs its connection, and a
   * healthy one needs a tenth of it.
   */
  queryTimeoutMsMin: 250,
  /** How long a caller waits for a free connection. */
  acquireTimeoutMs: 3_000,
  /** Whole seconds, as InnoDB counts them. Transactions here hold locks for milliseconds. */
  lockWaitSeconds: 2,
  /** Ours are some 40 texts; MariaDB's own limit is 16,382 for all connections together. */
  preparedStatementsMax: 128,
  /** A deadlock's victim goes again at once with luck, thrice in a crowd; then the crowd is the problem. */
  transactionAttempts: 4,
  /** After this long no new attempt begins: the caller is about to give up. */
  retryWindowMs: 3_000,
  retryPauseMs: { min: 5, max: 40 },
} as const;
