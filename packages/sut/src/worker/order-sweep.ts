import { randomUUID } from 'node:crypto';
import { type Clock, messageOf } from '@stormcart/core';
import { cancelOrder } from '../orders/cancel-order.ts';
import { readOrder } from '../orders/read-order.ts';
import type { OrderStatus } from '../orders/saga.ts';
import { type PollingLoop, startPolling, type Turn } from '../service/loop/polling-loop.ts';
import { sweepFigures as figures } from './figures.ts';
import { payOrder } from './pay-order.ts';
import { refundOrder } from './refund-order.ts';
import type { SagaParts } from './saga-parts.ts';

export interface SweepTimes {
  /** How long an order may be PAYING or REFUNDING before it counts as stuck. */
  readonly stuckAfterSeconds: number;
  /** How long a reservation waits for its payment. */
  readonly abandonedAfterSeconds: number;
}

/**
 * Finds orders that nobody works on any more: reservations that were never paid are cancelled, and payments and
 * refunds whose message was lost or set aside are taken up again, without the broker. Several sweeps may run: each
 * step is taken once, and each call to the provider has its key. Ends after the orders in hand.
 */
export function startOrderSweep(parts: SagaParts, times: SweepTimes, clock: Clock): PollingLoop {
  return startPolling((signal) => sweep(parts, times, signal), {
    figures: figures.polling,
    clock,
    log: parts.log,
    failure: 'orders not swept',
  });
}

/** What is left over, or failed, is found again by the next look, however soon that is. */
async function sweep(parts: SagaParts, times: SweepTimes, signal: AbortSignal): Promise<Turn> {
  const { stuckAfterSeconds, abandonedAfterSeconds } = times;
  const waiting = [
    ...(await findWaiting(parts, 'REFUNDING', stuckAfterSeconds)),
    ...(await findWaiting(parts, 'PAYING', stuckAfterSeconds)),
    ...(await findWaiting(parts, 'RESERVED', abandonedAfterSeconds)),
  ];
  const rest = waiting.values();
  const workThrough = async (): Promise<void> => {
    for (const orderId of rest) {
      if (signal.aborted) return;
      await takeUp(parts, orderId);
    }
  };
  await Promise.all(Array.from({ length: figures.atOnce }, workThrough));
  return 'nothing';
}

async function findWaiting(
  { database }: SagaParts,
  status: OrderStatus,
  seconds: number,
): Promise<readonly string[]> {
  const rows = await database.rows<{ readonly id: string }>(
    `SELECT id FROM orders WHERE status = ? AND updated_at < NOW(3) - INTERVAL ? SECOND
     ORDER BY updated_at LIMIT ${figures.ordersMax}`,
    [status, seconds],
  );
  return rows.map(({ id }) => id);
}

/** One order that fails must not keep the others waiting: it is found again. */
async function takeUp(parts: SagaParts, orderId: string): Promise<void> {
  const { database, log } = parts;
  try {
    const order = await readOrder(database, orderId);
    if (order?.status === 'RESERVED') {
      // Only from RESERVED: who pays at this moment has not abandoned it.
      await cancelOrder(database, orderId, ({ status }) => status === 'RESERVED');
      log.info({ orderId }, 'reservation expired');
    } else if (order?.status === 'PAYING') {
      // A request to pay stores its card with the step.
      if (order.cardToken === null) throw new Error('there is no card to charge');
      log.warn({ orderId }, 'payment taken up again');
      await payOrder(parts, order, order.cardToken, randomUUID());
    } else if (order?.status === 'REFUNDING') {
      log.warn({ orderId }, 'refund taken up again');
      await refundOrder(parts, order, randomUUID());
    }
  } catch (error) {
    log.warn({ orderId, reason: messageOf(error) }, 'order not taken up');
  }
}
