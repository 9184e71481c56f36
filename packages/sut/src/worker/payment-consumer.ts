import { readOrder } from '../orders/read-order.ts';
import { paymentRequestSchema } from '../orders/request-payment.ts';
import type { Consumption } from '../service/broker/consumer.ts';
import { payOrder } from './pay-order.ts';
import type { SagaParts } from './saga-parts.ts';

/** Has orders paid. */
export function paymentConsumption(parts: SagaParts): Consumption<typeof paymentRequestSchema> {
  return {
    queue: 'payments',
    schema: paymentRequestSchema,
    keyOf: (request) => request.orderId,
    // Order and card stand in the database: what is PAYING for long is paid by the sweep, however long that takes.
    leftTo: 'the sweep',
    handle: async ({ orderId, cardToken }, messageId) => {
      const order = await readOrder(parts.database, orderId);
      if (order === undefined) return { kind: 'poison', reason: `no order ${orderId}` };
      // Delivered again after its effect, or cancelled: PAYING is left once and never entered again.
      if (order.status === 'PAYING') await payOrder(parts, order, cardToken, messageId);
      return { kind: 'done' };
    },
  };
}
