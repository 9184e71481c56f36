import { readCart } from '../account/cart.ts';
import type { Session } from '../service/database/database.ts';
import type { OrderLine, OrderRequest } from './order-request.ts';

export interface PricedLine extends OrderLine {
  readonly priceCents: number;
}

export type Pricing =
  | { readonly kind: 'priced'; readonly lines: readonly PricedLine[] }
  | { readonly kind: 'unknownProduct'; readonly sku: number }
  | { readonly kind: 'outOfStock'; readonly sku: number }
  | { readonly kind: 'cartUnsettled'; readonly seq: number }
  | { readonly kind: 'cartEmpty' };

/** What the request stands for, at today's prices. */
export async function priceLines(
  database: Session,
  customerId: number,
  request: OrderRequest,
): Promise<Pricing> {
  if (request.kind === 'items') return priceItems(database, request.items);
  const cart = await readCart(database, customerId);
  if (cart.seq < request.cartSeq) return { kind: 'cartUnsettled', seq: cart.seq };
  if (cart.items.length === 0) return { kind: 'cartEmpty' };
  return { kind: 'priced', lines: cart.items };
}

interface ShelfRow {
  readonly id: number;
  readonly priceCents: number;
  readonly available: number;
}

async function priceItems(database: Session, items: readonly OrderLine[]): Promise<Pricing> {
  const rows = await database.rows<ShelfRow>(
    `SELECT product.id, product.price_cents AS priceCents, stock.available
     FROM product JOIN stock ON stock.product_id = product.id
     WHERE product.id IN (${items.map(() => '?').join(', ')})`,
    items.map((item) => item.sku),
  );
  const shelf = new Map(rows.map((row) => [row.id, row]));
  const lines: PricedLine[] = [];
  for (const item of items) {
    const row = shelf.get(item.sku);
    if (row === undefined) return { kind: 'unknownProduct', sku: item.sku };
    // What is sold out is refused by a read. What is not is decided by the reservation.
    if (row.available < item.quantity) return { kind: 'outOfStock', sku: item.sku };
    lines.push({ ...item, priceCents: row.priceCents });
  }
  return { kind: 'priced', lines };
}
