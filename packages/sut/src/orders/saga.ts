import type { Session } from '../service/database/database.ts';

export type OrderStatus = 'RESERVED' | 'PAYING' | 'PAID' | 'SHIPPED' | 'CANCELLED';

/** Every step an order may take. */
export type OrderStep =
  | { readonly from: 'RESERVED'; readonly to: 'PAYING' }
  | { readonly from: 'PAYING'; readonly to: 'PAID' }
  | { readonly from: 'PAYING'; readonly to: 'CANCELLED' }
  | { readonly from: 'PAID'; readonly to: 'SHIPPED' };

/** Takes the step if the order is where it begins; false when it is elsewhere. Call inside a transaction. */
export async function takeStep(session: Session, orderId: string, step: OrderStep): Promise<boolean> {
  const { matched } = await session.change('UPDATE orders SET status = ? WHERE id = ? AND status = ?', [
    step.to,
    orderId,
    step.from,
  ]);
  if (matched === 0) return false;
  await recordEvent(session, orderId, step.from, step.to);
  return true;
}

export async function recordEvent(
  session: Session,
  orderId: string,
  from: OrderStatus | null,
  to: OrderStatus,
): Promise<void> {
  await session.change('INSERT INTO order_event (order_id, from_status, to_status) VALUES (?, ?, ?)', [
    orderId,
    from,
    to,
  ]);
}
