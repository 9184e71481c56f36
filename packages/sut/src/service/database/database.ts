import { type Clock, createRandom, createRetryBudget } from '@stormcart/core';
import { createPool, type ResultSetHeader, type RowDataPacket } from 'mysql2';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { requireTime, withinRemainingMs } from '../../policy/deadline.ts';
import { retryFigures } from '../../policy/figures.ts';
import type { MariadbEnvironment } from '../environment.ts';
import { timeOperation } from '../logging/operation.ts';
import type { NeededStore } from '../readiness.ts';
import { databaseUnavailable, isTransactionConflict, isUnavailable } from './failure.ts';
import { databaseFigures as figures } from './figures.ts';

type SqlValue = string | number | Buffer | null;

/** Statements on one connection. Values are always sent apart from the text (prepared statements). */
export interface Session {
  rows<Row>(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** How many rows the statement changed or matched, and the id it made. */
  change(
    sql: string,
    values?: readonly SqlValue[],
  ): Promise<{ readonly matched: number; readonly id: number }>;
}

/** How a transaction ends: an expected "no" rolls back and is still an answer. */
export type Ending<Result> = { readonly kind: 'commit' | 'roll-back'; readonly result: Result };

/**
 * MariaDB behind a bounded pool. Rejects with `STORE_UNAVAILABLE` when it cannot answer and with `DEADLINE_PASSED`
 * when nobody waits any more; the latter leaves nothing behind.
 */
export interface Database extends Session, NeededStore {
  /**
   * Runs in one transaction. After a deadlock or a lock wait it starts again, a bounded number of times and as long as
   * the process's retry budget covers it, unless retries are left to the caller.
   */
  transaction<Result>(work: (session: Session) => Promise<Ending<Result>>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Who tries again after a conflict. Only one layer may: under a caller that repeats its work anyway (a consumer with
 * its message in hand) four tries here and eight there would be 32.
 */
export type ConflictRetries = 'here' | 'by the caller';

export function openDatabase(
  environment: MariadbEnvironment,
  clock: Clock,
  retries: ConflictRetries = 'here',
): Database {
  const pool = openPool(environment);
  const budget = createRetryBudget(retryFigures, clock);
  const attempts = retries === 'here' ? figures.transactionAttempts : 1;
  // Jitter only: it keeps two victims of one deadlock from meeting again.
  const random = createRandom(`${process.pid}`);
  const borrow = <Result>(use: (session: Session) => Promise<Result>): Promise<Result> =>
    withConnection(pool, clock, (connection) => use(sessionOn(connection)));
  return {
    name: 'mariadb',
    rows: (sql, values) => borrow((session) => session.rows(sql, values)),
    change: (sql, values) => borrow((session) => session.change(sql, values)),
    reach: async () => {
      await borrow((session) => session.rows('SELECT 1'));
    },
    transaction: async (work) => {
      const untilMs = clock.now() + withinRemainingMs(figures.retryWindowMs);
      budget.deposit();
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await withConnection(pool, clock, (connection) => transact(connection, work));
        } catch (error) {
          if (!isTransactionConflict(error)) throw error;
          const mayRetry = attempt < attempts && clock.now() < untilMs && budget.withdraw();
          if (!mayRetry) throw error;
          await clock.sleep(random.integer(figures.retryPauseMs.min, figures.retryPauseMs.max) * attempt);
        }
      }
    },
    close: () => pool.end(),
  };
}

function openPool(environment: MariadbEnvironment): Pool {
  const pool = createPool({
    host: environment.SHOP_MARIADB.host,
    port: environment.SHOP_MARIADB.port,
    user: environment.SHOP_MARIADB_USER,
    password: environment.SHOP_MARIADB_PASSWORD,
    database: environment.SHOP_MARIADB_DATABASE,
    connectionLimit: figures.connections,
    queueLimit: figures.waitingMax,
    connectTimeout: figures.connectTimeoutMs,
    maxPreparedStatements: figures.preparedStatementsMax,
    charset: 'utf8mb4',
    timezone: 'Z',
    // Sums arrive as DECIMAL; the shop's are whole cents far below 2^53.
    decimalNumbers: true,
    supportBigNumbers: true,
    // Texts as stored: a repeated answer must be the same to the byte.
    jsonStrings: true,
  });
  pool.on('connection', (connection) => {
    // Queued before the caller's first statement. Without its settings a connection is not ours.
    connection.query(SESSION_SETTINGS, (error: unknown) => {
      if (error !== null) connection.destroy();
    });
  });
  return pool.promise();
}

/** READ COMMITTED takes no gap locks: the relay's scan of the outbox would hold up everybody who adds to it. */
const SESSION_SETTINGS = `SET SESSION tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = ${figures.lockWaitSeconds}`;

async function withConnection<Result>(
  pool: Pool,
  clock: Clock,
  use: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  requireTime('mariadb');
  const connection = await acquire(pool, clock).catch((error: unknown) => {
    throw databaseUnavailable(error);
  });
  try {
    const result = await use(connection);
    connection.release();
    return result;
  } catch (error) {
    if (isUnavailable(error)) {
      // A query that timed out still occupies its connection: the next user would wait behind it.
      connection.destroy();
      throw databaseUnavailable(error);
    }
    connection.release();
    throw error;
  }
}

/** The pool itself lets callers wait for ever. */
function acquire(pool: Pool, clock: Clock): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const waitMs = Math.max(withinRemainingMs(figures.acquireTimeoutMs), 0);
    const cancel = clock.after(waitMs, () => {
      isLate = true;
      reject(new Error(`no connection became free within ${Math.round(waitMs)} ms`));
    });
    pool.getConnection().then(
      (connection) => {
        cancel();
        if (isLate) connection.release();
        else resolve(connection);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}

function sessionOn(connection: PoolConnection): Session {
  return {
    rows: async <Row>(sql: string, values: readonly SqlValue[] = []) => {
      const [rows] = await runStatement(sql, (timeout) =>
        connection.execute<RowDataPacket[]>({ sql, values: [...values], timeout }),
      );
      return rows as unknown as readonly Row[];
    },
    change: async (sql, values = []) => {
      const [header] = await runStatement(sql, (timeout) =>
        connection.execute<ResultSetHeader>({ sql, values: [...values], timeout }),
      );
      return { matched: header.affectedRows, id: header.insertId };
    },
  };
}

/** mysql2's own timer comes first where it runs: its error says more. */
const PREPARE_GRACE_MS = 50;

/**
 * Runs a statement within its time, its preparation included. mysql2's `timeout` (3.24.6) is handed over with the
 * execution; a search whose text was new to its connection outlived it on a frozen server until the front gave up.
 */
function runStatement<Result>(sql: string, run: (timeoutMs: number) => Promise<Result>): Promise<Result> {
  const ms = statementMs();
  return timeStatement(
    sql,
    () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(databaseUnavailable(new Error(`no answer within ${Math.round(ms)} ms`)));
        }, ms + PREPARE_GRACE_MS);
        run(ms)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      }),
  );
}

/** Throws `DEADLINE_PASSED`; inside a transaction that rolls back what was done so far. */
function statementMs(): number {
  requireTime('mariadb');
  return Math.max(withinRemainingMs(figures.queryTimeoutMs), figures.queryTimeoutMsMin);
}

/** Told apart by their first word: SELECT, INSERT, COMMIT. */
function timeStatement<Result>(sql: string, run: () => Promise<Result>): Promise<Result> {
  const verb = /^\w+/.exec(sql)?.[0].toUpperCase() ?? 'OTHER';
  return timeOperation({ kind: 'database', system: 'mariadb', name: verb }, run);
}

async function transact<Result>(
  connection: PoolConnection,
  work: (session: Session) => Promise<Ending<Result>>,
): Promise<Result> {
  // Its own full bound: an end that was cut off leaves nobody knowing what is stored.
  const tell = (sql: string) =>
    timeStatement(sql, () => connection.query({ sql, timeout: figures.queryTimeoutMs }));
  await tell('START TRANSACTION');
  try {
    const ending = await work(sessionOn(connection));
    // The last moment at which "no" is certain.
    if (ending.kind === 'commit') requireTime('mariadb');
    await tell(ending.kind === 'commit' ? 'COMMIT' : 'ROLLBACK');
    return ending.result;
  } catch (error) {
    // A lock wait that ran out undoes only its statement. A lost connection rolls back on the server by itself.
    if (!isUnavailable(error)) await tell('ROLLBACK');
    throw error;
  }
}
