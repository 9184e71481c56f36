import { readCart } from '../account/cart.ts';
import type { Session } from '../service/database/database.ts';
import type { OrderLine, OrderRequest } from './order-request.ts';

export interface PricedLine extends OrderLine {
  readonly priceCents: number;
}

export type Pricing =
  | { readonly kind: 'priced'; readonly lines: readonly PricedLine[] }
  | { readonly kind: 'unknownProduct'; readonly sku: number }
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

async function priceItems(database: Session, items: readonly OrderLine[]): Promise<Pricing> {
  const rows = await database.rows<{ readonly id: number; readonly priceCents: number }>(
    `SELECT id, price_cents AS priceCents FROM product WHERE id IN (${items.map(() => '?').join(', ')})`,
    items.map((item) => item.sku),
  );
  const prices = new Map(rows.map((row) => [row.id, row.priceCents]));
  const lines: PricedLine[] = [];
  for (const item of items) {
    const priceCents = prices.get(item.sku);
    if (priceCents === undefined) return { kind: 'unknownProduct', sku: item.sku };
    lines.push({ ...item, priceCents });
  }
  return { kind: 'priced', lines };
}
