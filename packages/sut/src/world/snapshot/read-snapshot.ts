import { z } from 'zod';
import type { PaymentProvider } from '../payment-provider/payment-provider.ts';
import { worldError } from '../world-error.ts';
import { readQueueDepths } from './queue-depths.ts';
import { openShopDatabase } from './shop-database.ts';
import { type Capture, type ShopSnapshot, SNAPSHOT_VERSION, shopSnapshotSchema } from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';
import { SHOP_TABLES, type ShopTable } from './shop-tables.ts';

/** What a snapshot and a drain check read. */
export interface ShopSources {
  readonly stores: ShopStores;
  readonly payments: Pick<PaymentProvider, 'charges' | 'refunds'>;
}

/**
 * Reads all tables in one consistent read-only transaction, then the queues and the payment ledger.
 * Takes no locks, so it does not hold up a worker that is still busy.
 * Rejects when a store cannot be read, and with `snapshot-row-unreadable` or `snapshot-too-large`.
 */
export async function readShopSnapshot(sources: ShopSources, signal: AbortSignal): Promise<ShopSnapshot> {
  const tables = await readTables(sources.stores.mariadb, signal);
  const queues = await readQueueDepths(sources.stores.rabbitmq, signal);
  const parsed = shopSnapshotSchema.safeParse({
    version: SNAPSHOT_VERSION,
    ...tables,
    queues,
    captures: sources.payments.charges().flatMap((charge): readonly Capture[] => {
      if (charge.status === 'declined') return [];
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
