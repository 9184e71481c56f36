import { createHash } from 'node:crypto';
import { openShopDatabase } from '../snapshot/shop-database.ts';
import type { ShopStores } from '../snapshot/shop-stores.ts';

/** A database that a fault holds up shall not hold up the probes for longer. */
const WRITE_MS_MAX = 2_000;

/** Stores a session that ended an hour ago, as if it had been opened long before the drill. */
export async function expireSession(
  mariadb: ShopStores['mariadb'],
  token: string,
  customerId: number,
): Promise<void> {
  const database = await openShopDatabase(mariadb, AbortSignal.timeout(WRITE_MS_MAX));
  try {
    const hash = createHash('sha256').update(token).digest('hex');
    await database.change(
      `INSERT INTO session (token_hash, customer_id, expires_at) VALUES (UNHEX('${hash}'), ${Math.trunc(customerId)}, NOW() - INTERVAL 1 HOUR)`,
    );
  } finally {
    database.close();
  }
}
