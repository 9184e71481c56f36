import type { Session } from '../service/database/database.ts';

export interface StockLine {
  readonly productId: number;
  readonly quantity: number;
}

/**
 * From which of a product's figures a move takes to which. Every figure stays at or above zero, and
 * `initial = available + reserved + sold` holds before and after.
 */
const moves = {
  reserve: { from: 'available', to: 'reserved' },
  release: { from: 'reserved', to: 'available' },
  sell: { from: 'reserved', to: 'sold' },
  restock: { from: 'sold', to: 'available' },
} as const;

export type StockMove = keyof typeof moves;

/** How a list of lines is recorded; the statement that moves them follows. */
export function recordMoves(
  orderId: string,
  move: StockMove,
  lines: readonly StockLine[],
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  return {
    sql: `INSERT INTO stock_move (product_id, order_id, kind, quantity) VALUES ${lines.map(() => '(?, ?, ?, ?)').join(', ')}`,
    values: lines.flatMap(({ productId, quantity }) => [productId, orderId, move, quantity]),
  };
}

/**
 * Moves all lines, or says that it could not: then the transaction must be rolled back. One statement takes the rows in
 * the order of product ids: two orders with the same products wait for each other instead of deadlocking. Best called
 * last, because a popular product's row is what everybody waits for.
 */
export async function shiftStock(
  session: Session,
  move: StockMove,
  lines: readonly StockLine[],
): Promise<boolean> {
  const { from, to } = moves[move];
  const quantity = `CASE product_id ${lines.map(() => 'WHEN ? THEN ?').join(' ')} END`;
  const quantities = lines.flatMap((line) => [line.productId, line.quantity]);
  const ids = lines.map(({ productId }) => productId);
  const { matched } = await session.change(
    `UPDATE stock SET ${from} = ${from} - ${quantity}, ${to} = ${to} + ${quantity}
     WHERE product_id IN (${ids.map(() => '?').join(', ')}) AND ${from} >= ${quantity} ORDER BY product_id`,
    [...quantities, ...quantities, ...ids, ...quantities],
  );
  return matched === lines.length;
}

/**
 * Moves what an order holds and records it. Call inside a transaction. Throws when the goods are not where the order
 * left them: a broken promise, for people to look at, not to be rounded off.
 */
export async function moveOrderStock(
  session: Session,
  orderId: string,
  move: Exclude<StockMove, 'reserve'>,
  items: readonly { readonly sku: number; readonly quantity: number }[],
): Promise<void> {
  const lines = items.map(({ sku, quantity }) => ({ productId: sku, quantity }));
  const { sql, values } = recordMoves(orderId, move, lines);
  await session.change(sql, values);
  if (await shiftStock(session, move, lines)) return;
  throw new Error(`order ${orderId} does not hold the goods that it wants to ${move}`);
}
