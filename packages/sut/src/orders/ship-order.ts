import type { Database } from '../service/database/database.ts';
import { readOrder } from './read-order.ts';
import { type OrderStatus, takeStep } from './saga.ts';

export type Shipment =
  /** Now, or before. */
  | { readonly kind: 'shipped' }
  | { readonly kind: 'wrongState'; readonly status: OrderStatus }
  | { readonly kind: 'notFound' };

/** PAID → SHIPPED. */
export async function shipOrder(database: Database, orderId: string): Promise<Shipment> {
  const isShipped = await database.transaction(async (session) => {
    const isStepped = await takeStep(session, orderId, { from: 'PAID', to: 'SHIPPED' });
    return { kind: isStepped ? 'commit' : 'roll-back', result: isStepped };
  });
  if (isShipped) return { kind: 'shipped' };
  const order = await readOrder(database, orderId);
  if (order === undefined) return { kind: 'notFound' };
  return order.status === 'SHIPPED' ? { kind: 'shipped' } : { kind: 'wrongState', status: order.status };
}
