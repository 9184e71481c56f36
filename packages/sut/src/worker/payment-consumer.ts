import type { Logger } from 'pino';
import { readOrder, type StoredOrder } from '../orders/read-order.ts';
import { type PaymentRequest, paymentRequestSchema } from '../orders/request-payment.ts';
import { takeStep } from '../orders/saga.ts';
import { moveStock } from '../orders/stock.ts';
import type { Policy } from '../policy/policy.ts';
import type { Consumption, Handled } from '../service/broker/consumer.ts';
import type { Database, Ending, Session } from '../service/database/database.ts';
import { isDuplicateKey } from '../service/database/failure.ts';
import { chargeOnce } from './charge-once.ts';
import type { ChargeDecision, PaymentProvider } from './payment-provider.ts';

export interface PaymentParts {
  readonly database: Database;
  readonly provider: PaymentProvider;
  readonly policy: Policy;
  readonly log: Logger;
}

/** Names this consumer's rows of the inbox. */
const CONSUMER = 'worker.payments';

/** Charges orders and takes them to PAID, or to CANCELLED with their stock released. */
export function paymentConsumption(parts: PaymentParts): Consumption<typeof paymentRequestSchema> {
  return {
    queue: 'payments',
    schema: paymentRequestSchema,
    keyOf: (request) => request.orderId,
    handle: (request, messageId) => handle(parts, request, messageId),
  };
}

async function handle(parts: PaymentParts, request: PaymentRequest, messageId: string): Promise<Handled> {
  const { database, provider, policy, log } = parts;
  const order = await readOrder(database, request.orderId);
  if (order === undefined) return { kind: 'poison', reason: `no order ${request.orderId}` };
  // Delivered again after its effect: PAYING is left once and never entered again.
  if (order.status !== 'PAYING') return { kind: 'done' };

  const { orderId, amountCents, cardToken } = request;
  const charge = { key: `pay-${orderId}`, orderId, amountCents, cardToken };
  const decision = await chargeOnce(provider, policy, charge);
  const effect = await database.transaction((session) => settle(session, order, decision, messageId));
  log.info({ orderId, decision: decision.kind, effect }, 'payment settled');
  return { kind: 'done' };
}

type Effect = 'taken' | 'alreadyTaken';

/** The inbox row, the step and the stock move stand or fall together. */
async function settle(
  session: Session,
  order: StoredOrder,
  decision: ChargeDecision,
  messageId: string,
): Promise<Ending<Effect>> {
  if (!(await enterInbox(session, messageId))) return { kind: 'roll-back', result: 'alreadyTaken' };
  const isStepped = await takeStep(session, order.orderId, {
    from: 'PAYING',
    to: decision.kind === 'captured' ? 'PAID' : 'CANCELLED',
  });
  if (!isStepped) return { kind: 'roll-back', result: 'alreadyTaken' };
  const lines = order.items.map(({ sku, quantity }) => ({ productId: sku, quantity }));
  const moved = await moveStock(
    session,
    order.orderId,
    decision.kind === 'captured' ? 'sell' : 'release',
    lines,
  );
  // The order's own reservation is gone: a broken promise, for people to look at, not to be rounded off.
  if (moved.kind === 'short') {
    throw new Error(`order ${order.orderId} has no reservation of product ${moved.productId}`);
  }
  return { kind: 'commit', result: 'taken' };
}

/** False when this message has had its effect. A second delivery under way at once waits here for the first. */
async function enterInbox(session: Session, messageId: string): Promise<boolean> {
  try {
    await session.change('INSERT INTO inbox (consumer, message_id) VALUES (?, ?)', [CONSUMER, messageId]);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
