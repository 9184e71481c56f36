import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { QueueName } from '../service/broker/queue.ts';
import type { Database } from '../service/database/database.ts';
import { isCardNumber } from '../service/redaction.ts';
import { readOrder } from './read-order.ts';
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
  if (order.status !== 'RESERVED') return answerIn(order.status);

  const request: PaymentRequest = { orderId, amountCents: order.totalCents, cardToken };
  const isStepped = await database.transaction(async (session) => {
    if (!(await takeStep(session, orderId, { from: 'RESERVED', to: 'PAYING' }))) {
      return { kind: 'roll-back', result: false };
    }
    await session.change('INSERT INTO outbox (topic, message_id, payload) VALUES (?, ?, ?)', [
      QUEUE,
      randomUUID(),
      JSON.stringify(request),
    ]);
    return { kind: 'commit', result: true };
  });
  if (isStepped) return { kind: 'accepted', status: 'PAYING' };
  // Somebody else took the step meanwhile.
  const now = await readOrder(database, orderId);
  return now === undefined ? { kind: 'notFound' } : answerIn(now.status);
}

function answerIn(status: OrderStatus): PaymentAnswer {
  return status === 'PAYING' || status === 'PAID'
    ? { kind: 'accepted', status }
    : { kind: 'wrongState', status };
}
