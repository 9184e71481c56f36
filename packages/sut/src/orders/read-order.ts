import type { Session } from '../service/database/database.ts';
import type { PricedLine } from './price-lines.ts';
import type { OrderStatus, Review } from './saga.ts';

export interface StoredOrder {
  readonly orderId: string;
  readonly customerId: number;
  readonly status: OrderStatus;
  readonly totalCents: number;
  /** What the customer asked to pay with; null before that. */
  readonly cardToken: string | null;
  readonly review: Review | null;
  readonly items: readonly PricedLine[];
}

interface OrderRow {
  readonly customerId: number;
  readonly status: OrderStatus;
  readonly totalCents: number;
  readonly cardToken: string | null;
  readonly review: Review | null;
  readonly sku: number;
  readonly quantity: number;
  readonly priceCents: number;
}

/** One statement, so that status and items belong together. */
export async function readOrder(database: Session, orderId: string): Promise<StoredOrder | undefined> {
  const rows = await database.rows<OrderRow>(
    `SELECT orders.customer_id AS customerId, orders.status, orders.total_cents AS totalCents,
            orders.card_token AS cardToken, orders.review,
            item.product_id AS sku, item.quantity, item.price_cents AS priceCents
     FROM orders JOIN order_item AS item ON item.order_id = orders.id
     WHERE orders.id = ? ORDER BY item.product_id`,
    [orderId],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    orderId,
    customerId: first.customerId,
    status: first.status,
    totalCents: first.totalCents,
    cardToken: first.cardToken,
    review: first.review,
    items: rows.map(({ sku, quantity, priceCents }) => ({ sku, quantity, priceCents })),
  };
}
