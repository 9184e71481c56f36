import type { Database } from '../service/database/database.ts';
import { readOrder } from './read-order.ts';
import { type OrderStatus, type Review, takeStep } from './saga.ts';

export type Shipment =
  /** Now, or before. */
  | { readonly kind: 'shipped' }
  /** Paid, but somebody has to look at it first. */
  | { readonly kind: 'underReview' }
  | { readonly kind: 'wrongState'; readonly status: OrderStatus }
  | { readonly kind: 'notFound' };

/** PAID → SHIPPED. */
export async function shipOrder(database: Database, orderId: string): Promise<Shipment> {
  const attempt = await database.transaction(async (session) => {
    const [row] = await session.rows<{ readonly review: Review | null }>(
      `SELECT review FROM orders WHERE id = ? AND status = 'PAID' FOR UPDATE`,
      [orderId],
    );
    if (row === undefined) return { kind: 'roll-back', result: 'notPaid' } as const;
    if (row.review === 'pending') return { kind: 'roll-back', result: 'underReview' } as const;
    await takeStep(session, orderId, { from: 'PAID', to: 'SHIPPED' });
    return { kind: 'commit', result: 'shipped' } as const;
  });
  if (attempt !== 'notPaid') return { kind: attempt };
  const order = await readOrder(database, orderId);
  if (order === undefined) return { kind: 'notFound' };
  return order.status === 'SHIPPED' ? { kind: 'shipped' } : { kind: 'wrongState', status: order.status };
}
