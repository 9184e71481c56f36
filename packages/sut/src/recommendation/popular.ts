import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { FoundProduct } from '../catalog/product.ts';
import type { Session } from '../service/database/database.ts';
import { recommendationFigures as figures } from './recommendation-figures.ts';

/** What sells best, the best first. Rejects only when it never could be read. */
export type ReadPopular = () => Promise<readonly FoundProduct[]>;

/** Kept in memory: it is what is shown when no store answers. Read anew by one at a time; all others get what is there. */
export function createReadPopular(
  load: () => Promise<readonly FoundProduct[]>,
  clock: Clock,
  log: Logger,
): ReadPopular {
  let kept: readonly FoundProduct[] | undefined;
  let untilMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<readonly FoundProduct[]> | undefined;

  const loadOnce = (): Promise<readonly FoundProduct[]> => {
    loading ??= load()
      .then((items) => {
        kept = items;
        untilMs = clock.now() + figures.popularMs;
        return items;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };

  return async () => {
    if (kept === undefined) return loadOnce();
    if (clock.now() >= untilMs) {
      loadOnce().catch((error: unknown) =>
        log.debug({ reason: messageOf(error) }, 'popular products not read'),
      );
    }
    return kept;
  };
}

export function loadPopular(database: Session): Promise<readonly FoundProduct[]> {
  return database.rows<FoundProduct>(
    `SELECT product.id, product.name, product.price_cents AS priceCents
     FROM stock JOIN product ON product.id = stock.product_id
     WHERE stock.available > 0
     ORDER BY stock.sold DESC, stock.product_id LIMIT ${figures.popularKept}`,
  );
}

/** Those of the products that can be bought, in the order in which they are named. */
export async function loadOffered(
  database: Session,
  ids: readonly number[],
): Promise<readonly FoundProduct[]> {
  if (ids.length === 0) return [];
  const rows = await database.rows<FoundProduct>(
    `SELECT product.id, product.name, product.price_cents AS priceCents
     FROM product JOIN stock ON stock.product_id = product.id
     WHERE stock.available > 0 AND product.id IN (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  const offered = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => offered.get(id) ?? []);
}
