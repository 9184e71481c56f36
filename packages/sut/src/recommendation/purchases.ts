import type { Session } from '../service/database/database.ts';
import { recommendationFigures as figures } from './recommendation-figures.ts';

export interface PurchaseBatch {
  /** The last event looked at; undefined when there is no new one. */
  readonly lastEventId: number | undefined;
  /** The products of each order that was paid. */
  readonly purchases: readonly (readonly number[])[];
}

interface EventRow {
  readonly eventId: number;
  /** Null for an event that is no payment. */
  readonly productId: number | null;
}

/** The next order events after this one, as far as they have settled. */
export async function readPurchases(database: Session, afterEventId: number): Promise<PurchaseBatch> {
  const rows = await database.rows<EventRow>(
    `SELECT event.id AS eventId, item.product_id AS productId
     FROM (SELECT id, order_id, to_status FROM order_event
           WHERE id > ? AND at < NOW(3) - INTERVAL ${figures.settleMs * 1_000} MICROSECOND
           ORDER BY id LIMIT ${figures.eventsPerBatch}) AS event
     LEFT JOIN order_item AS item ON item.order_id = event.order_id AND event.to_status = 'PAID'
     ORDER BY event.id, item.product_id`,
    [afterEventId],
  );
  const orders = Map.groupBy(rows, (row) => row.eventId);
  return {
    lastEventId: rows.at(-1)?.eventId,
    purchases: [...orders.values()].map((lines) =>
      lines.flatMap(({ productId }) => (productId === null ? [] : [productId])),
    ),
  };
}

/** Where counting begins when nothing was counted: far enough back to know what sells, and no further. */
export async function firstEventId(database: Session): Promise<number> {
  const [row] = await database.rows<{ readonly last: number | null }>(
    'SELECT MAX(id) AS last FROM order_event',
  );
  return Math.max((row?.last ?? 0) - figures.historyEvents, 0);
}

/** What the customer's last orders contain, the latest first. */
export async function recentProducts(database: Session, customerId: number): Promise<readonly number[]> {
  const rows = await database.rows<{ readonly productId: number }>(
    `SELECT item.product_id AS productId
     FROM (SELECT id, created_at FROM orders WHERE customer_id = ? AND status <> 'CANCELLED'
           ORDER BY created_at DESC LIMIT ${figures.recentOrders}) AS recent
     JOIN order_item AS item ON item.order_id = recent.id
     ORDER BY recent.created_at DESC, item.product_id`,
    [customerId],
  );
  return [...new Set(rows.map(({ productId }) => productId))];
}
