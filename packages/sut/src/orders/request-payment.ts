import { z } from 'zod';
import type { QueueName } from '../service/broker/queue.ts';
import type { Database, Session } from '../service/database/database.ts';
import { addToOutbox } from '../service/outbox/outbox.ts';
import { isCardNumber } from '../service/redaction.ts';
import { readOrder, type StoredOrder } from './read-order.ts';
import { type OrderStatus, takeStep } from './saga.ts';

/** One message of the queue `payments`. */
export const paymentRequestSchema = z.strictObject({
  orderId: z.guid(),
  amountCents: z.number().int().min(0),
  /** The provider's name for a card; worth nothing to anybody else. */
  cardToken: z
    .string()
    .min(1)
    .max(100)
    .refine(
      (token) => !isCardNumber(token),
      'is a card number: send the token that the provider gave for it',
    ),
});

export type PaymentRequest = z.infer<typeof paymentRequestSchema>;

export type PaymentAnswer =
  /** It is being paid, or was: asking twice changes nothing. */
  | { readonly kind: 'accepted'; readonly status: 'PAYING' | 'PAID' }
  /** The card was refused, and the order cancelled. */
  | { readonly kind: 'declined' }
  | { readonly kind: 'wrongState'; readonly status: OrderStatus }
  | { readonly kind: 'notFound' };

const QUEUE: QueueName = 'payments';

/** RESERVED → PAYING, with the message that will have it charged, in one transaction. */
export async function requestPayment(
  database: Database,
  customerId: number,
  orderId: string,
  cardToken: string,
): Promise<PaymentAnswer> {
  const order = await readOrder(database, orderId);
  if (order === undefined || order.customerId !== customerId) return { kind: 'notFound' };
  if (order.status !== 'RESERVED') return answerIn(database, order);

  const request: PaymentRequest = { orderId, amountCents: order.totalCents, cardToken };
  const isStepped = await database.transaction(async (session) => {
    if (!(await takeStep(session, orderId, { from: 'RESERVED', to: 'PAYING' }, { cardToken }))) {
      return { kind: 'roll-back', result: false };
    }
    await addToOutbox(session, QUEUE, request);
    return { kind: 'commit', result: true };
  });
  if (isStepped) return { kind: 'accepted', status: 'PAYING' };
  // Somebody else took the step meanwhile.
  const now = await readOrder(database, orderId);
  return now === undefined ? { kind: 'notFound' } : answerIn(database, now);
}

async function answerIn(database: Session, { orderId, status }: StoredOrder): Promise<PaymentAnswer> {
  if (status === 'PAYING' || status === 'PAID') return { kind: 'accepted', status };
  if (status === 'CANCELLED' && (await wasDeclined(database, orderId))) return { kind: 'declined' };
  return { kind: 'wrongState', status };
}

/** Only a refusal takes an order straight from PAYING to CANCELLED. */
async function wasDeclined(database: Session, orderId: string): Promise<boolean> {
  const rows = await database.rows(
    `SELECT 1 FROM order_event WHERE order_id = ? AND from_status = 'PAYING' AND to_status = 'CANCELLED'`,
    [orderId],
  );
  return rows.length > 0;
}
