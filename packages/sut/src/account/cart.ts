import type { Session } from '../service/database/database.ts';

export interface SettledCart {
  /** The highest operation that has taken effect; 0 when there was none. */
  readonly seq: number;
  readonly items: readonly CartItem[];
}

interface CartItem {
  readonly sku: number;
  readonly quantity: number;
  readonly priceCents: number;
}

interface CartRow {
  readonly seq: number;
  readonly sku: number | null;
  readonly quantity: number | null;
  readonly priceCents: number | null;
}

/** The cart as the worker has settled it. One statement, so that `seq` and items belong together. */
export async function readCart(database: Session, customerId: number): Promise<SettledCart> {
  const rows = await database.rows<CartRow>(
    `SELECT cart.seq, item.sku, item.quantity, product.price_cents AS priceCents
     FROM cart
     LEFT JOIN (cart_item AS item JOIN product ON product.id = item.sku)
       ON item.customer_id = cart.customer_id AND item.quantity > 0
     WHERE cart.customer_id = ?
     ORDER BY item.sku`,
    [customerId],
  );
  return {
    seq: rows[0]?.seq ?? 0,
    items: rows.flatMap(({ sku, quantity, priceCents }) =>
      sku === null || quantity === null || priceCents === null ? [] : [{ sku, quantity, priceCents }],
    ),
  };
}
