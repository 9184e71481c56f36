import type { Session } from '../service/database/database.ts';

export interface StockLine {
  readonly productId: number;
  readonly quantity: number;
}

/**
 * What each kind of move does to a stock row, and the condition under which it may. Every figure stays at or above
 * zero, and `initial = available + reserved + sold` holds before and after.
 */
const moves = {
  reserve:
    'UPDATE stock SET available = available - ?, reserved = reserved + ? WHERE product_id = ? AND available >= ?',
  release:
    'UPDATE stock SET reserved = reserved - ?, available = available + ? WHERE product_id = ? AND reserved >= ?',
  sell: 'UPDATE stock SET reserved = reserved - ?, sold = sold + ? WHERE product_id = ? AND reserved >= ?',
} as const;

export type StockMove = keyof typeof moves;

export type MoveOutcome = { readonly kind: 'moved' } | { readonly kind: 'short'; readonly productId: number };

/**
 * Moves stock for an order and records it. Call inside a transaction, and roll that back when it is short. Rows are
 * taken in the order of product ids: two orders with the same products wait for each other instead of deadlocking.
 */
export async function moveStock(
  session: Session,
  orderId: string,
  move: StockMove,
  lines: readonly StockLine[],
): Promise<MoveOutcome> {
  const sorted = lines.toSorted((left, right) => left.productId - right.productId);
  for (const { productId, quantity } of sorted) {
    const { matched } = await session.change(moves[move], [quantity, quantity, productId, quantity]);
    if (matched === 0) return { kind: 'short', productId };
  }
  await session.change(
    `INSERT INTO stock_move (product_id, order_id, kind, quantity) VALUES ${sorted.map(() => '(?, ?, ?, ?)').join(', ')}`,
    sorted.flatMap(({ productId, quantity }) => [productId, orderId, move, quantity]),
  );
  return { kind: 'moved' };
}
