import { refundRequestSchema } from '../orders/cancel-order.ts';
import { readOrder } from '../orders/read-order.ts';
import type { Consumption } from '../service/broker/consumer.ts';
import { refundOrder } from './refund-order.ts';
import type { SagaParts } from './saga-parts.ts';

/** Gives money back for orders that were cancelled. */
export function refundConsumption(parts: SagaParts): Consumption<typeof refundRequestSchema> {
  return {
    queue: 'refunds',
    schema: refundRequestSchema,
    keyOf: (request) => request.orderId,
    leftTo: 'the sweep',
    handle: async ({ orderId }, messageId) => {
      const order = await readOrder(parts.database, orderId);
      if (order === undefined) return { kind: 'poison', reason: `no order ${orderId}` };
      if (order.status === 'REFUNDING') await refundOrder(parts, order, messageId);
      return { kind: 'done' };
    },
  };
}
