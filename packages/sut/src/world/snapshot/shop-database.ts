import { addAbortSignal } from 'node:stream';
import { type Connection, createConnection } from 'mysql2';
import { worldError } from '../world-error.ts';
import type { ShopStores } from './shop-stores.ts';

/** A store that was just healed answers within milliseconds on loopback; ten seconds is a dead one. */
const CONNECT_MS_MAX = 10_000;

/** A drill leaves tens of thousands of rows; beyond this the audit would fill the driver's memory. */
const ROWS_MAX = 1_000_000;

/** How many rows wait in memory between the socket and the reader. */
const STREAM_ROWS = 1_000;

/** One connection to the shop's database, which never outlives the signal. */
export interface ShopDatabase {
  /** Runs a statement and returns its rows, streamed. Errors: `snapshot-too-large`, the driver's own. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Runs a statement for its effect. */
  change(sql: string): Promise<void>;
  close(): void;
}

export async function openShopDatabase(
  stores: ShopStores['mariadb'],
  signal: AbortSignal,
): Promise<ShopDatabase> {
  signal.throwIfAborted();
  const { host, port, user, password, database } = stores;
  const connection = createConnection({
    host,
    port,
    user,
    password,
    database,
    connectTimeout: CONNECT_MS_MAX,
    supportBigNumbers: true,
    dateStrings: true,
  });
  // A connection that breaks while idle tells so here; the next statement then fails by itself.
  connection.on('error', () => undefined);
  const onAbort = (): void => connection.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  const close = (): void => {
    signal.removeEventListener('abort', onAbort);
    connection.destroy();
  };
  try {
    await connected(connection, signal);
  } catch (error) {
    close();
    throw error;
  }
  return {
    rows: (sql) => readRows(connection, sql, signal),
    change: (sql) => run(connection, sql, signal),
    close,
  };
}

/** Rejects on abort too: a destroyed connection calls nobody back. */
function connected(connection: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    connection.connect((error) => {
      signal.removeEventListener('abort', onAbort);
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** Rejects on abort too: a destroyed connection calls nobody back. */
function run(connection: Connection, sql: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    connection.query(sql, (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      if (error === null) resolve();
      else reject(error);
    });
  });
}

async function readRows(
  connection: Connection,
  sql: string,
  signal: AbortSignal,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const stream = addAbortSignal(signal, connection.query(sql).stream({ highWaterMark: STREAM_ROWS }));
  const rows: Readonly<Record<string, unknown>>[] = [];
  for await (const row of stream as AsyncIterable<Readonly<Record<string, unknown>>>) {
    rows.push(row);
    if (rows.length > ROWS_MAX) {
      const message = `more than ${ROWS_MAX} rows: too many for an audit in memory (${sql})`;
      throw worldError({ code: 'snapshot-too-large', message });
    }
  }
  return rows;
}
