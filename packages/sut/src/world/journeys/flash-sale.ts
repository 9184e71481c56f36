import type { Visit } from '@stormcart/core';
import { isRightProduct } from './browse.ts';
import { choosePopularProduct } from './catalogue-choice.ts';
import type { JourneyKind } from './journey-kind.ts';
import { directIntent, submitOrder } from './order-steps.ts';
import { awaitPaid, pay } from './payment-steps.ts';
import { randomUuid } from './random-uuid.ts';
import { withCustomer } from './with-customer.ts';

/** What everybody wants. Not one of the ten whose prices the probes change: a sale has one price. */
export const SALE_SKU = 77;
const SALE_SHARE = 0.9;
/** At three on average, the thousand that the shop is seeded with are sold to some 330 buyers. */
const QUANTITY_MAX = 5;

export const flashSale: JourneyKind = {
  name: 'flash-sale',
  about:
    'Looks at the product of the day, nine times in ten, orders some at once and pays; it may be sold out.',
  routes: ['product', 'order-create', 'payment', 'order-get', 'login'],
  async run(world, visit) {
    const key = randomUuid(visit.random);
    const quantity = visit.random.integer(1, QUANTITY_MAX);
    const sku = visit.random.chance(SALE_SHARE) ? SALE_SKU : choosePopularProduct(visit);
    await look(visit, sku);
    await withCustomer(world, visit, async (customer) => {
      const order = await submitOrder(world, visit, customer, directIntent(key, sku, quantity));
      if (order === undefined) return;
      const payment = await pay(world, visit, customer, order.orderId, 'tok_visa');
      if (payment !== undefined) await awaitPaid(world, visit, customer, payment);
    });
  },
};

/** Buyers in a hurry order whatever the page says of the stock, and whether it came at all. */
async function look(visit: Visit, sku: number): Promise<void> {
  await visit.request({
    route: 'product',
    method: 'GET',
    path: `/api/product?id=${sku}`,
    expect: (status, body) => isRightProduct(status, body, sku),
  });
}
