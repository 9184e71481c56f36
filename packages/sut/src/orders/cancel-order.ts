import { z } from 'zod';
import type { QueueName } from '../service/broker/queue.ts';
import type { Database, Ending, Session } from '../service/database/database.ts';
import { addToOutbox } from '../service/outbox/outbox.ts';
import { readOrder, type StoredOrder } from './read-order.ts';
import { type OrderStatus, type OrderStep, type StepNote, takeStep } from './saga.ts';
import { moveOrderStock } from './stock.ts';

/** One message of the queue `refunds`. */
export const refundRequestSchema = z.strictObject({ orderId: z.guid() });

export type RefundRequest = z.infer<typeof refundRequestSchema>;

export type Cancellation =
  /** Now or before; REFUNDING ends in REFUNDED, or in CANCELLED when nothing was taken. */
  | { readonly kind: 'cancelled'; readonly status: 'CANCELLED' | 'REFUNDING' | 'REFUNDED' }
  | { readonly kind: 'wrongState'; readonly status: OrderStatus }
  | { readonly kind: 'notFound' };

const QUEUE: QueueName = 'refunds';

/** From RESERVED an order can only step thrice before it is shipped: a fourth look always finds an end. */
const LOOKS_MAX = 4;

/**
 * Cancels an order that is not on its way yet. Its goods are free at once; money that was taken, or is being taken at
 * this moment, goes back through the queue. `mayCancel` sees the order first.
 */
export async function cancelOrder(
  database: Database,
  orderId: string,
  mayCancel: (order: StoredOrder) => boolean,
  note: StepNote = {},
): Promise<Cancellation> {
  for (let look = 1; ; look += 1) {
    const order = await readOrder(database, orderId);
    if (order === undefined || !mayCancel(order)) return { kind: 'notFound' };
    const { status } = order;
    switch (status) {
      case 'CANCELLED':
      case 'REFUNDING':
      case 'REFUNDED':
        return { kind: 'cancelled', status };
      case 'SHIPPED':
        return { kind: 'wrongState', status };
      case 'RESERVED':
      case 'PAYING':
      case 'PAID': {
        const step = cancellingSteps[status];
        if (await database.transaction((session) => cancel(session, order, step, note))) {
          return { kind: 'cancelled', status: step.to };
        }
        // Somebody else took a step meanwhile.
        if (look >= LOOKS_MAX) return { kind: 'wrongState', status };
      }
    }
  }
}

/** An order that is being paid may be charged at this moment: only the provider knows, so it is asked. */
const cancellingSteps = {
  RESERVED: { from: 'RESERVED', to: 'CANCELLED' },
  PAYING: { from: 'PAYING', to: 'REFUNDING' },
  PAID: { from: 'PAID', to: 'REFUNDING' },
} as const satisfies Readonly<Record<string, OrderStep>>;

type CancellingStep = (typeof cancellingSteps)[keyof typeof cancellingSteps];

async function cancel(
  session: Session,
  { orderId, items }: StoredOrder,
  step: CancellingStep,
  note: StepNote,
): Promise<Ending<boolean>> {
  if (!(await takeStep(session, orderId, step, note))) return { kind: 'roll-back', result: false };
  if (step.to === 'REFUNDING') {
    const request: RefundRequest = { orderId };
    await addToOutbox(session, QUEUE, request);
  }
  await moveOrderStock(session, orderId, step.from === 'PAID' ? 'restock' : 'release', items);
  return { kind: 'commit', result: true };
}
