import type { Reply, Visit } from '@stormcart/core';
import { type OrderCreateOutput, orderCreateOutput } from '../operation/shop-operation.ts';
import { choosePopularProduct } from './catalogue-choice.ts';
import type { Customer } from './customer.ts';
import type { JourneyKind } from './journey-kind.ts';
import type { JourneyWorld } from './journey-world.ts';
import {
  directIntent,
  isRightRetry,
  isSameOrder,
  type OrderIntent,
  orderSpec,
  submitAgain,
} from './order-steps.ts';
import { awaitPaid, pay } from './payment-steps.ts';
import { isUnsettled, submitPersistently } from './persistent-order.ts';
import { randomUuid } from './random-uuid.ts';
import { requestAs, signIn } from './session.ts';
import { withCustomer } from './with-customer.ts';

/** A double click, a page sent from two tabs, a proxy that repeats itself. */
const COPIES = { min: 2, max: 4 };

export const duplicateSubmit: JourneyKind = {
  name: 'duplicate-submit',
  about:
    'Posts the same order two to four times at once with one key, once more afterwards, and pays for one.',
  routes: ['order-create', 'payment', 'order-get', 'login'],
  async run(world, visit) {
    const copies = visit.random.integer(COPIES.min, COPIES.max);
    const intent = directIntent(randomUuid(visit.random), choosePopularProduct(visit));
    await withCustomer(world, visit, async (customer) => {
      // Before the copies: they would each log in.
      if (customer.session === undefined && (await signIn(visit, customer)) === undefined) return;
      const order = await submitTogether(world, visit, customer, intent, copies);
      if (order === undefined) return;
      await submitAgain(visit, customer, intent, order);
      const payment = await pay(world, visit, customer, order.orderId, 'tok_visa');
      if (payment !== undefined) await awaitPaid(world, visit, customer, payment);
    });
  },
};

/** The one order that all copies are about; asked for again where none of them was told. */
async function submitTogether(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  intent: OrderIntent,
  copies: number,
): Promise<OrderCreateOutput | undefined> {
  world.stock.ask(intent.items);
  let told: OrderCreateOutput | undefined;
  // Whoever is answered first says what all others must be answered.
  const isRight = (status: number, body: unknown): boolean => {
    if (told !== undefined && status === 201) return isSameOrder(body, told);
    if (!isRightRetry(status, body, world.stock.mayBeOut(intent.items))) return false;
    if (status === 201) told = orderCreateOutput.parse(body);
    return true;
  };
  const replies = await Promise.all(
    Array.from({ length: copies }, () =>
      requestAs(visit, customer, (session) => orderSpec(intent, session, isRight)),
    ),
  );
  const isOpen = replies.some((reply: Reply | undefined) => reply !== undefined && isUnsettled(reply));
  if (told !== undefined || !isOpen) return told;
  return await submitPersistently(world, visit, customer, intent, { wasSentBefore: true });
}
