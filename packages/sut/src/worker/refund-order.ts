import type { StoredOrder } from '../orders/read-order.ts';
import { takeStep } from '../orders/saga.ts';
import type { Ending, Session } from '../service/database/database.ts';
import { enterInbox } from './inbox.ts';
import type { ClosedCharge } from './payment-provider.ts';
import { chargeKeyOf, type Effect, refundKeyOf, type SagaParts } from './saga-parts.ts';

/** Names the rows of the inbox. */
const CONSUMER = 'worker.refunds';

/**
 * Settles an order that is REFUNDING: closes the key of its charge, so that nothing can be taken any more, gives back
 * what was taken, and takes it to REFUNDED, or to CANCELLED when nothing was. Each call may go again as often as it
 * must: both keys are the order's own.
 */
export async function refundOrder(
  { database, provider, policy, log }: SagaParts,
  { orderId }: StoredOrder,
  messageId: string,
): Promise<void> {
  const charge = { key: chargeKeyOf(orderId), orderId };
  const closed = await policy.execute((signal) => provider.close(charge, signal));
  if (closed.kind === 'captured') {
    await policy.execute((signal) => provider.refund(closed.chargeId, refundKeyOf(orderId), signal));
  }
  const effect = await database.transaction((session) => settle(session, orderId, closed, messageId));
  log.info({ orderId, charge: closed.kind, effect }, 'refund settled');
}

async function settle(
  session: Session,
  orderId: string,
  closed: ClosedCharge,
  messageId: string,
): Promise<Ending<Effect>> {
  if (!(await enterInbox(session, CONSUMER, messageId))) return { kind: 'roll-back', result: 'alreadyTaken' };
  const to = closed.kind === 'captured' ? 'REFUNDED' : 'CANCELLED';
  const isStepped = await takeStep(session, orderId, { from: 'REFUNDING', to });
  return isStepped ? { kind: 'commit', result: 'taken' } : { kind: 'roll-back', result: 'alreadyTaken' };
}
