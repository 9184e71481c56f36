import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Address, messageOf, pollUntil, RUN_MARK, type SupervisedChild } from '@stormcart/core';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type MariadbPlace, mariadbInstallArguments, mariadbServerArguments } from './mariadb-arguments.ts';
import {
  READY_MS_MAX,
  READY_POLL_MS,
  STORE_RESTART,
  type StoreContext,
  storeEnvironment,
} from './store-context.ts';
import { storeError } from './store-error.ts';
import type { StorePrograms } from './store-programs.ts';
import { copyTemplate, keepTemplate } from './template.ts';

/** What a fresh database holds. */
export interface MariadbContent {
  readonly database: string;
  /** The account that services use; it may read and write rows of `database` and nothing else. */
  readonly user: string;
  /** Tables that this account may add to and read, but neither change nor remove a row of. */
  readonly appendOnly?: readonly string[];
  /** Everything that `install` depends on (its source text, say): a new text makes a new template. */
  readonly ingredients: readonly string[];
  /** Makes tables and rows; the connection is privileged and `database` is chosen. */
  readonly install: (connection: Connection) => Promise<void>;
}

export interface MariadbOptions {
  readonly programs: StorePrograms['mariadb'];
  /** A leased port. */
  readonly port: number;
  readonly content: MariadbContent;
}

export interface MariadbAccount {
  readonly user: string;
  readonly password: string;
}

export interface RunningMariadb {
  readonly address: Address;
  readonly database: string;
  /** Unprivileged: the one for services. */
  readonly account: MariadbAccount;
  /** SUPER: for faults that only an administrator can cause. */
  readonly administrator: MariadbAccount;
  readonly process: SupervisedChild;
}

/** The accounts as they are kept beside a template's data. */
interface Accounts {
  readonly account: MariadbAccount;
  readonly administrator: MariadbAccount;
}

/** mariadb-install-db takes 1–2 s; this long means that the disk is stuck. */
const INSTALL_MS_MAX = 60_000;
/** A connection attempt of a readiness probe; on loopback it takes a few milliseconds. */
const PROBE_MS_MAX = 1_000;
const ACCOUNTS_FILE = 'accounts.json';
const IS_ROOT = process.getuid?.() === 0;

/**
 * Starts a MariaDB of our own on a copy of the kept template and waits until the shop's account can use it.
 * The first run of a version makes the template: system tables, accounts, and whatever `content` installs.
 */
export async function startMariadb(context: StoreContext, options: MariadbOptions): Promise<RunningMariadb> {
  const template = await keepTemplate({
    cacheFolder: context.cacheFolder,
    name: 'mariadb',
    ingredients: templateIngredients(options),
    build: (folder) => buildTemplate(context, options, folder),
    onBuilding: (folder) => context.supervisor.reaper.removeAfterDeath(folder),
  });
  context.signal.throwIfAborted();
  const folder = join(context.dataFolder, 'mariadb');
  await mkdir(context.dataFolder, { recursive: true });
  await copyTemplate(join(template, 'data'), folder);
  const accounts = JSON.parse(await readFile(join(template, ACCOUNTS_FILE), 'utf8')) as Accounts;
  context.signal.throwIfAborted();
  const place = { folder, port: options.port, isRoot: IS_ROOT };
  const child = await startServer(context, options, place, 'mariadb', accounts.account);
  return {
    address: { host: '127.0.0.1', port: options.port },
    database: options.content.database,
    ...accounts,
    process: child,
  };
}

function templateIngredients({ programs, content }: MariadbOptions): readonly string[] {
  const place = { folder: '', port: 0, isRoot: IS_ROOT };
  return [
    programs.version,
    ...mariadbInstallArguments(place),
    ...mariadbServerArguments(place),
    content.database,
    content.user,
    ...(content.appendOnly ?? []),
    ...content.ingredients,
  ];
}

async function buildTemplate(context: StoreContext, options: MariadbOptions, folder: string): Promise<void> {
  const place = { folder: join(folder, 'data'), port: options.port, isRoot: IS_ROOT };
  await mkdir(place.folder);
  await installSystemTables(context, options.programs.installer, place);
  const accounts: Accounts = {
    account: { user: options.content.user, password: newPassword() },
    administrator: { user: 'root', password: newPassword() },
  };
  const fresh = { user: 'root', password: '' };
  const server = await startServer(context, options, place, 'mariadb-template', fresh);
  try {
    const connection = await connectMariadb({ host: '127.0.0.1', port: options.port }, fresh);
    const closeOnAbort = (): void => connection.destroy();
    context.signal.addEventListener('abort', closeOnAbort, { once: true });
    try {
      await installContent(connection, options.content, accounts);
    } finally {
      context.signal.removeEventListener('abort', closeOnAbort);
      connection.destroy();
    }
  } catch (cause) {
    context.signal.throwIfAborted();
    throw storeError({
      kind: 'internal',
      code: 'STORE_TEMPLATE_FAILED',
      message: `the template of MariaDB could not be filled: ${messageOf(cause)}`,
      cause,
    });
  } finally {
    // A clean end: the copies then start without recovery.
    await server.stop();
  }
  await writeFile(join(folder, ACCOUNTS_FILE), JSON.stringify(accounts), { mode: 0o600 });
}

async function installContent(
  connection: Connection,
  content: MariadbContent,
  { account, administrator }: Accounts,
): Promise<void> {
  const { database } = content;
  await connection.query(`CREATE DATABASE ?? CHARACTER SET utf8mb4`, [database]);
  await connection.query('USE ??', [database]);
  await content.install(connection);
  await connection.query(`CREATE USER ?@'127.0.0.1' IDENTIFIED BY ?`, [account.user, account.password]);
  await grantRows(connection, content, account);
  // Installing leaves accounts without a password, some for host names that --skip-name-resolve cannot alter.
  await connection.query(`CREATE OR REPLACE USER ?@'127.0.0.1' IDENTIFIED BY ?`, [
    administrator.user,
    administrator.password,
  ]);
  await connection.query(`GRANT ALL ON *.* TO ?@'127.0.0.1' WITH GRANT OPTION`, [administrator.user]);
  await connection.query(`DELETE FROM mysql.global_priv WHERE User IN ('', ?) AND Host <> '127.0.0.1'`, [
    administrator.user,
  ]);
  await connection.query('FLUSH PRIVILEGES');
}

/** MariaDB cannot take back for one table what was granted on all: with exceptions, each table is granted by name. */
async function grantRows(
  connection: Connection,
  { database, appendOnly = [] }: MariadbContent,
  { user }: MariadbAccount,
): Promise<void> {
  if (appendOnly.length === 0) {
    await connection.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ??.* TO ?@'127.0.0.1'`, [database, user]);
    return;
  }
  const [rows] = await connection.query<RowDataPacket[]>({ sql: 'SHOW TABLES', rowsAsArray: true });
  for (const [table] of rows as unknown as readonly (readonly [string])[]) {
    const rights = appendOnly.includes(table) ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE';
    await connection.query(`GRANT ${rights} ON ??.?? TO ?@'127.0.0.1'`, [database, table, user]);
  }
}

function installSystemTables(context: StoreContext, installer: string, place: MariadbPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      installer,
      [...mariadbInstallArguments(place)],
      {
        env: {
          ...storeEnvironment([]),
          [RUN_MARK]: context.supervisor.runId,
          // A starting server removes the temporary tables it finds; in a shared folder, those of its neighbours.
          TMPDIR: dirname(place.folder),
        },
        signal: context.signal,
        timeout: INSTALL_MS_MAX,
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve();
          return;
        }
        if (context.signal.aborted) {
          reject(context.signal.reason);
          return;
        }
        const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
        const message = `mariadb-install-db failed: ${messageOf(error)}`;
        reject(
          storeError({
            kind: 'environment',
            code: 'STORE_TEMPLATE_FAILED',
            message,
            hint: said,
            cause: error,
          }),
        );
      },
    );
  });
}

function startServer(
  context: StoreContext,
  options: MariadbOptions,
  place: MariadbPlace,
  name: string,
  account: MariadbAccount,
): Promise<SupervisedChild> {
  const address = { host: '127.0.0.1', port: place.port };
  return context.supervisor.start({
    name,
    command: options.programs.server,
    args: mariadbServerArguments(place),
    env: storeEnvironment([]),
    workFolder: place.folder,
    dataFolder: place.folder,
    logFile: join(context.logFolder, `${name}.log`),
    ready: (signal) => pollUntil(() => answersQuery(address, account), { everyMs: READY_POLL_MS, signal }),
    readyTimeoutMs: READY_MS_MAX,
    restart: STORE_RESTART,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  });
}

async function answersQuery(address: Address, account: MariadbAccount): Promise<boolean> {
  const connection = await connectMariadb(address, account);
  try {
    await connection.query({ sql: 'SELECT 1', timeout: PROBE_MS_MAX });
    return true;
  } finally {
    connection.destroy();
  }
}

async function connectMariadb(address: Address, account: MariadbAccount): Promise<Connection> {
  const connection = await createConnection({ ...address, ...account, connectTimeout: PROBE_MS_MAX });
  // A connection that breaks while nobody waits on it would otherwise end this process.
  connection.on('error', () => undefined);
  return connection;
}

/** 144 random bits; only this machine's loopback ever sees it. */
function newPassword(): string {
  return randomBytes(18).toString('base64url');
}
