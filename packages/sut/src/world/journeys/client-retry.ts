import { choosePopularProduct } from './catalogue-choice.ts';
import type { JourneyKind } from './journey-kind.ts';
import { directIntent } from './order-steps.ts';
import { awaitPaid, pay } from './payment-steps.ts';
import { submitPersistently } from './persistent-order.ts';
import { randomUuid } from './random-uuid.ts';
import { withCustomer } from './with-customer.ts';

export const clientRetry: JourneyKind = {
  name: 'client-retry',
  about:
    'An app that orders, asks again with the same key after 2 s, a broken connection or a 503, five times in all, and pays.',
  routes: ['order-create', 'payment', 'order-get', 'login'],
  async run(world, visit) {
    const intent = directIntent(randomUuid(visit.random), choosePopularProduct(visit));
    await withCustomer(world, visit, async (customer) => {
      world.stock.ask(intent.items);
      const order = await submitPersistently(world, visit, customer, intent, { wasSentBefore: false });
      if (order === undefined) return;
      const payment = await pay(world, visit, customer, order.orderId, 'tok_visa');
      if (payment !== undefined) await awaitPaid(world, visit, customer, payment);
    });
  },
};
