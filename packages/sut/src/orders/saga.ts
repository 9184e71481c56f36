import { type AuditEntry, auditStatement } from '../service/audit-trail/audit-trail.ts';
import type { Session } from '../service/database/database.ts';

export type OrderStatus =
  | 'RESERVED'
  | 'PAYING'
  | 'PAID'
  | 'SHIPPED'
  | 'CANCELLED'
  /** Cancelled by its customer, and what the payment provider took, or still may take, is not settled yet. */
  | 'REFUNDING'
  | 'REFUNDED';

/** Every step an order may take. */
export type OrderStep =
  | { readonly from: 'RESERVED'; readonly to: 'PAYING' | 'CANCELLED' }
  | { readonly from: 'PAYING'; readonly to: 'PAID' | 'CANCELLED' | 'REFUNDING' }
  | { readonly from: 'PAID'; readonly to: 'SHIPPED' | 'REFUNDING' }
  | { readonly from: 'REFUNDING'; readonly to: 'REFUNDED' | 'CANCELLED' };

/** Whether somebody has to look at an order before it is sent. */
export type Review = 'pending' | 'approved' | 'rejected';

/** What a step writes beside the status; what is absent stays as it is. */
export interface StepNote {
  readonly cardToken?: string;
  readonly review?: Review;
}

/** Takes the step if the order is where it begins; false when it is elsewhere. Call inside a transaction. */
export async function takeStep(
  session: Session,
  orderId: string,
  step: OrderStep,
  note: StepNote = {},
): Promise<boolean> {
  const { matched } = await session.change(
    `UPDATE orders SET status = ?, card_token = COALESCE(?, card_token), review = COALESCE(?, review)
     WHERE id = ? AND status = ?`,
    [step.to, note.cardToken ?? null, note.review ?? null, orderId, step.from],
  );
  if (matched === 0) return false;
  await recordEvent(session, orderId, step.from, step.to);
  return true;
}

async function recordEvent(
  session: Session,
  orderId: string,
  from: OrderStatus | null,
  to: OrderStatus,
): Promise<void> {
  const audit = auditStatement(auditEntry(orderId, from, to));
  // One block is one round trip.
  await session.change(
    `BEGIN NOT ATOMIC
       INSERT INTO order_event (order_id, from_status, to_status) VALUES (?, ?, ?);
       ${audit.sql};
     END`,
    [orderId, from, to, ...audit.values],
  );
}

/** Steps that money moves in, or stops moving. */
const PAYMENT_STATUSES: readonly OrderStatus[] = ['PAYING', 'PAID', 'REFUNDING', 'REFUNDED'];

/** What the audit trail says of a step: `order.paid`. */
export function auditEntry(orderId: string, from: OrderStatus | null, to: OrderStatus): AuditEntry {
  const isPayment = [from, to].some((status) => status !== null && PAYMENT_STATUSES.includes(status));
  const kind = isPayment && to !== 'SHIPPED' ? 'payment' : 'order';
  return { kind, action: `order.${to.toLowerCase()}`, orderId, details: { from } };
}
