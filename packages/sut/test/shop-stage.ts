import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Address, pollUntil, type SupervisedChild, systemClock } from '@stormcart/core';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { APPEND_ONLY_TABLES, installShop } from '../src/schema/install-shop.ts';
import { type RunningMariadb, startMariadb } from '../src/store/mariadb.ts';
import { type RunningRabbitmq, startRabbitmq } from '../src/store/rabbitmq.ts';
import { type RunningRedis, startRedis } from '../src/store/redis.ts';
import { requireStorePrograms } from '../src/store/store-programs.ts';
import {
  type PaymentProvider,
  startPaymentProvider,
} from '../src/world/payment-provider/payment-provider.ts';
import { openStoreStage } from './store-stage.ts';

type ServiceName = 'catalog' | 'account' | 'orders' | 'worker';

/** A service process under test. */
export interface TestService {
  readonly url: string;
  readonly process: SupervisedChild;
  log(): Promise<string>;
}

/** The shop's stores and payment provider, and any of its services on them. */
export interface ShopStage {
  readonly mariadb: RunningMariadb;
  readonly redis: RunningRedis;
  readonly rabbitmq: RunningRabbitmq;
  readonly provider: PaymentProvider;
  /** Where services and stores write their logs. */
  readonly logFolder: string;
  rows<Row>(sql: string, values?: readonly (string | number)[]): Promise<readonly Row[]>;
  /** Runs a statement in a transaction that stays open. */
  hold(sql: string, values: readonly (string | number)[]): Promise<{ rollBack(): Promise<void> }>;
  /** Starts a service and waits until it is ready; `changes` replace variables of its environment. */
  start(
    service: ServiceName,
    instance: number,
    changes?: Readonly<Record<string, string>>,
  ): Promise<TestService>;
  /** What every process, stores included, has written so far. */
  logs(): Promise<string>;
  close(): Promise<readonly string[]>;
}

export async function openShopStage(): Promise<ShopStage> {
  const stage = await openStoreStage();
  const programs = await requireStorePrograms();
  const port = () => stage.port();
  const [mariadb, redis, rabbitmq] = await Promise.all([
    startMariadb(stage.context, {
      programs: programs.mariadb,
      port: await port(),
      content: {
        database: 'shop',
        user: 'shop',
        appendOnly: APPEND_ONLY_TABLES,
        ingredients: [],
        install: (connection) => installShop(connection),
      },
    }),
    startRedis(stage.context, { programs: programs.redis, port: await port() }),
    startRabbitmq(stage.context, {
      programs: programs.rabbitmq,
      ports: { amqp: await port(), distribution: await port(), epmd: await port() },
      virtualHost: 'shop-test',
    }),
  ]);
  const provider = await startPaymentProvider({ clock: systemClock, seed: 1 });
  const pool = openPool(mariadb);
  const usual = usualEnvironment({ mariadb, redis, rabbitmq, provider });
  return {
    mariadb,
    redis,
    rabbitmq,
    provider,
    logFolder: stage.context.logFolder,
    rows: async <Row>(sql: string, values: readonly (string | number)[] = []) => {
      const [rows] = await pool.query<RowDataPacket[]>(sql, [...values]);
      return rows as unknown as readonly Row[];
    },
    hold: async (sql, values) => {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      await connection.query(sql, [...values]);
      return {
        rollBack: async () => {
          await connection.rollback();
          connection.release();
        },
      };
    },
    start: async (service, instance, changes = {}) => {
      const address = { host: '127.0.0.1', port: await port() };
      const environment = {
        ...usual,
        SHOP_SERVICE: service,
        SHOP_INSTANCE: String(instance),
        SHOP_PORT: String(address.port),
        ...changes,
      };
      return startService(stage.context, service, instance, address, environment);
    },
    logs: () => readAll(stage.context.logFolder),
    close: async () => {
      await pool.end();
      const left = await stage.close();
      await provider.close();
      return left;
    },
  };
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
  return texts.join('\n');
}

function openPool(mariadb: RunningMariadb): Pool {
  return createPool({
    ...mariadb.address,
    ...mariadb.account,
    database: mariadb.database,
    connectionLimit: 4,
    decimalNumbers: true,
    supportBigNumbers: true,
  });
}

function usualEnvironment(
  stores: Pick<ShopStage, 'mariadb' | 'redis' | 'rabbitmq' | 'provider'>,
): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    SHOP_MARIADB: textOf(stores.mariadb.address),
    SHOP_MARIADB_USER: stores.mariadb.account.user,
    SHOP_MARIADB_PASSWORD: stores.mariadb.account.password,
    SHOP_MARIADB_DATABASE: stores.mariadb.database,
    SHOP_REDIS: textOf(stores.redis.address),
    SHOP_RABBITMQ: textOf(stores.rabbitmq.address),
    SHOP_RABBITMQ_VHOST: stores.rabbitmq.virtualHost,
    SHOP_PAYMENT: textOf(stores.provider.address),
    SHOP_IDENTITY_KEY: randomBytes(32).toString('base64url'),
    SHOP_POLICY_CACHE: 'opossum',
    SHOP_POLICY_PAYMENT: 'opossum',
    SHOP_POLICY_RECOMMENDATION: 'opossum',
    SHOP_POLICY_FRAUD: 'opossum',
  };
}

export function textOf(address: Address): string {
  return `${address.host}:${address.port}`;
}

async function startService(
  context: Awaited<ReturnType<typeof openStoreStage>>['context'],
  service: ServiceName,
  instance: number,
  address: Address,
  env: Readonly<Record<string, string>>,
): Promise<TestService> {
  const url = `http://${textOf(address)}`;
  const logFile = join(context.logFolder, `${service}-${instance}.log`);
  const child = await context.supervisor.start({
    name: `${service}/${instance}`,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../src/${service}/main.ts`, import.meta.url))],
    env,
    workFolder: context.dataFolder,
    logFile,
    ready: (signal) =>
      pollUntil(async () => (await fetch(`${url}/readyz`, { signal })).ok, { everyMs: 50, signal }),
    readyTimeoutMs: 30_000,
    restart: { kind: 'never' },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  });
  return { url, process: child, log: () => readFile(logFile, 'utf8') };
}
