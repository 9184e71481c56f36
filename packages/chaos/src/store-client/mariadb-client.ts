import type { MariadbStore } from '@stormcart/core';
import { type Connection, createConnection } from 'mysql2';
import { z } from 'zod';
import { untilAborted } from './until-aborted.ts';

/** How to reach one MariaDB as its administrator, as plain JSON. */
export const mariadbServer = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  user: z.string(),
  password: z.string(),
});

export type MariadbServer = Readonly<z.infer<typeof mariadbServer>>;

export type MariadbRow = Readonly<Record<string, unknown>>;

type SqlValue = string | number | readonly (string | number)[];

/** One connection: everything that is tied to it ends when it does. */
export interface MariadbSession {
  /** The server's number for it. */
  readonly id: number;
  /** Rejects with the server's error (`errno`), with the socket's, or when the signal is aborted. */
  rows(sql: string, values: readonly SqlValue[], signal: AbortSignal): Promise<readonly MariadbRow[]>;
  /** Whether it has ended, from either side. */
  hasEnded(): boolean;
  close(): void;
}

export function mariadbServerOf({ address, administrator }: MariadbStore): MariadbServer {
  return { ...address, ...administrator };
}

/** A server that is silent for longer on loopback is stopped. */
const CONNECT_MS_MAX = 2_000;

/** Opens a connection that lasts until it is closed. */
export async function openMariadb(server: MariadbServer, signal: AbortSignal): Promise<MariadbSession> {
  const connection = createConnection({
    ...server,
    connectTimeout: CONNECT_MS_MAX,
    supportBigNumbers: true,
    bigNumberStrings: false,
  });
  let ended = false;
  // A connection that breaks while nobody waits on it would otherwise end this process.
  connection.on('error', () => {
    ended = true;
  });
  connection.on('end', () => {
    ended = true;
  });
  try {
    await untilAborted<void>(signal, (settle) => connection.connect((error) => settle(error, undefined)));
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return {
    id: connection.threadId ?? 0,
    rows: (sql, values, within) => rowsOf(connection, sql, values, within),
    hasEnded: () => ended,
    close: () => {
      ended = true;
      connection.destroy();
    },
  };
}

/** Lends a connection that does not outlive the work. */
export async function withMariadb<Result>(
  server: MariadbServer,
  signal: AbortSignal,
  work: (session: MariadbSession) => Promise<Result>,
): Promise<Result> {
  const session = await openMariadb(server, signal);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

function rowsOf(
  connection: Connection,
  sql: string,
  values: readonly SqlValue[],
  signal: AbortSignal,
): Promise<readonly MariadbRow[]> {
  return untilAborted(signal, (settle) => {
    connection.query(sql, [...values], (error, rows) => {
      settle(error, Array.isArray(rows) ? (rows as unknown as readonly MariadbRow[]) : []);
    });
  });
}

/** A global variable as the server writes it (`ON`, `151`); undefined when it has none of that name. */
export async function globalVariable(
  session: MariadbSession,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return valueOf(await session.rows('SHOW GLOBAL VARIABLES WHERE Variable_name = ?', [name], signal));
}

/** A global status value as the server writes it; undefined when it has none of that name. */
export async function globalStatus(
  session: MariadbSession,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return valueOf(await session.rows('SHOW GLOBAL STATUS WHERE Variable_name = ?', [name], signal));
}

function valueOf([row]: readonly MariadbRow[]): string | undefined {
  return row === undefined ? undefined : String(row['Value']);
}

/** The number of a server's error: 1040, 1290; undefined for anything else. */
export function errnoOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? error.errno : undefined;
}
