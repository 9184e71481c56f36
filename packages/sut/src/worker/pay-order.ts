import type { Assessment } from '../fraud/assess-order.ts';
import type { StoredOrder } from '../orders/read-order.ts';
import { takeStep } from '../orders/saga.ts';
import { moveOrderStock } from '../orders/stock.ts';
import type { Ending, Session } from '../service/database/database.ts';
import { chargeOnce } from './charge-once.ts';
import { enterInbox } from './inbox.ts';
import type { ChargeDecision } from './payment-provider.ts';
import { chargeKeyOf, type Effect, type SagaParts } from './saga-parts.ts';

/** Names the rows of the inbox. */
const CONSUMER = 'worker.payments';

/** Charges an order that is PAYING and takes it to PAID, or to CANCELLED with its stock released. */
export async function payOrder(
  { database, provider, policy, assess, log }: SagaParts,
  order: StoredOrder,
  cardToken: string,
  messageId: string,
): Promise<void> {
  const { orderId, totalCents: amountCents } = order;
  const assessment = await assess(order);
  const charge = { key: chargeKeyOf(orderId), orderId, amountCents, cardToken };
  const decision = await chargeOnce(provider, policy, charge);
  const effect = await database.transaction((session) =>
    settle(session, order, decision, assessment, messageId),
  );
  log.info({ orderId, decision: decision.kind, assessment, effect }, 'payment settled');
}

/**
 * The inbox row, the step and the stock move stand or fall together. When the order was cancelled meanwhile nothing is
 * left to do here: its refund asks the provider about the same key.
 */
async function settle(
  session: Session,
  { orderId, items }: StoredOrder,
  decision: ChargeDecision,
  assessment: Assessment,
  messageId: string,
): Promise<Ending<Effect>> {
  if (!(await enterInbox(session, CONSUMER, messageId))) return { kind: 'roll-back', result: 'alreadyTaken' };
  const isStepped =
    decision.kind === 'captured'
      ? await takeStep(
          session,
          orderId,
          { from: 'PAYING', to: 'PAID' },
          assessment.kind === 'clear' ? {} : { review: 'pending' },
        )
      : await takeStep(session, orderId, { from: 'PAYING', to: 'CANCELLED' });
  if (!isStepped) return { kind: 'roll-back', result: 'alreadyTaken' };
  await moveOrderStock(session, orderId, decision.kind === 'captured' ? 'sell' : 'release', items);
  return { kind: 'commit', result: 'taken' };
}
