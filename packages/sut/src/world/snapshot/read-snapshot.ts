import { join } from 'node:path';
import type { ClientExchange } from '@stormcart/core';
import { z } from 'zod';
import type { PaymentProvider } from '../payment-provider/payment-provider.ts';
import { scanLogs } from '../secrets/scan-logs.ts';
import type { SecretBook } from '../secrets/secret-book.ts';
import { worldError } from '../world-error.ts';
import { readCachedProducts } from './cached-products.ts';
import { compareAccessLog } from './compare-access-log.ts';
import { readBroker } from './queue-depths.ts';
import { openShopDatabase } from './shop-database.ts';
import {
  type Capture,
  type Poison,
  type ShopSnapshot,
  SNAPSHOT_VERSION,
  shopSnapshotSchema,
} from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';
import { SHOP_TABLES, type ShopTable } from './shop-tables.ts';

/** What a snapshot reads. */
export interface ShopSources {
  readonly stores: ShopStores;
  readonly payments: Pick<PaymentProvider, 'charges' | 'refunds'>;
  /** The folder of the run's logs; absent where processes write none. */
  readonly logFolder?: string;
  readonly secrets: SecretBook;
  readonly poison: readonly Poison[];
  /** What the clients know; absent when nobody told. */
  readonly exchanges?: readonly ClientExchange[];
}

/** The balancer's log within the log folder. */
const ACCESS_LOG_FILE = 'balancer.log';

/**
 * Reads the cache, then all tables in one consistent read-only transaction, then the queues, the payment ledger and
 * the logs. The cache goes first: what it holds may be older than the tables, never newer. Takes no locks, so it does not hold up a worker that is still busy.
 * Rejects when a store cannot be read, and with `snapshot-row-unreadable` or `snapshot-too-large`.
 */
export async function readShopSnapshot(sources: ShopSources, signal: AbortSignal): Promise<ShopSnapshot> {
  const cachedProducts = await readCachedProducts(sources.stores.redis, signal);
  const tables = await readTables(sources.stores.mariadb, signal);
  const broker = await readBroker(sources.stores.rabbitmq, signal);
  const parsed = shopSnapshotSchema.safeParse({
    version: SNAPSHOT_VERSION,
    ...tables,
    ...broker,
    cachedProducts,
    poison: sources.poison,
    ...(await readLogs(sources, signal)),
    captures: sources.payments.charges().flatMap((charge): readonly Capture[] => {
      if (charge.status !== 'captured') return [];
      const { chargeId, key, orderId, amountCents } = charge;
      return [{ chargeId, key, orderId, amountCents }];
    }),
    refunds: sources.payments.refunds(),
  });
  if (!parsed.success) {
    const message = `the shop's data does not have the promised shape: ${z.prettifyError(parsed.error)}`;
    throw worldError({ code: 'snapshot-row-unreadable', message });
  }
  return parsed.data;
}

async function readLogs(
  { logFolder, secrets, exchanges }: ShopSources,
  signal: AbortSignal,
): Promise<Pick<ShopSnapshot, 'secretScan' | 'accessLog'>> {
  if (logFolder === undefined) return { secretScan: null, accessLog: null };
  const file = join(logFolder, ACCESS_LOG_FILE);
  return {
    secretScan: await scanLogs(logFolder, secrets.kinds, signal),
    accessLog: exchanges === undefined ? null : await compareAccessLog(file, exchanges, signal),
  };
}

async function readTables(
  mariadb: ShopStores['mariadb'],
  signal: AbortSignal,
): Promise<Partial<Record<ShopTable, unknown>>> {
  const database = await openShopDatabase(mariadb, signal);
  try {
    await database.rows('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await database.rows('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const tables: Partial<Record<ShopTable, unknown>> = {};
    for (const [name, sql] of Object.entries(SHOP_TABLES) as [ShopTable, string][]) {
      tables[name] = await database.rows(sql);
    }
    await database.rows('COMMIT');
    return tables;
  } finally {
    database.close();
  }
}
