import type { Random } from '@stormcart/core';
import { DECLINED_CARD } from '../payment-provider/payment-ledger.ts';
import { awaitCart, chooseCartChange, putItem } from './cart-steps.ts';
import type { JourneyKind } from './journey-kind.ts';
import { type OrderIntent, submitAgain, submitOrder } from './order-steps.ts';
import { awaitPaid, cancel, pay, ship } from './payment-steps.ts';
import { randomUuid } from './random-uuid.ts';
import { withCustomer } from './with-customer.ts';

/** Rare enough to leave most visits plain, common enough that a drill of a hundred checkouts has some of each. */
const SUBMITTED_TWICE_SHARE = 0.15;
const DECLINED_SHARE = 0.05;
const SHIPPED_SHARE = 0.3;
const CANCELLED_SHARE = 0.1;

/** Reading the summary before paying. Short: a drill's time is better spent on orders. */
const SUMMARY_MS = 100;

export interface CheckoutPlan {
  /** The order's Idempotency-Key. */
  readonly key: string;
  readonly isSubmittedTwice: boolean;
  readonly isShipped: boolean;
  readonly cardToken: string;
  /** After it was paid, unless it was shipped. */
  readonly isCancelled: boolean;
}

/** Everything about a checkout that does not depend on the answers, drawn before the first one. */
function planCheckout(random: Random): CheckoutPlan {
  return {
    key: randomUuid(random),
    isSubmittedTwice: random.chance(SUBMITTED_TWICE_SHARE),
    isShipped: random.chance(SHIPPED_SHARE),
    cardToken: random.chance(DECLINED_SHARE) ? DECLINED_CARD : 'tok_visa',
    isCancelled: random.chance(CANCELLED_SHARE),
  };
}

export const checkout: JourneyKind = {
  name: 'checkout',
  about:
    'Fills the cart, orders it, pays and waits until it is paid; sometimes clicks twice, cancels, or it ships.',
  routes: [
    'cart-put',
    'cart-get',
    'order-create',
    'payment',
    'order-get',
    'shipment',
    'review',
    'cancellation',
    'login',
  ],
  async run(world, visit) {
    const plan = planCheckout(visit.random.fork('checkout'));
    await withCustomer(world, visit, async (customer) => {
      const change = chooseCartChange(visit, customer.knownCart);
      const promise = await putItem(world, visit, customer, change);
      if (promise === undefined) return;
      const settled = await awaitCart(world, visit, customer, promise);
      if (settled === undefined) return;
      const items = settled.items.filter((item) => item.quantity > 0);
      // The change took the last product out.
      if (items.length === 0) return;
      const intent: OrderIntent = { key: plan.key, cartSeq: promise.seq, items };
      const order = await submitOrder(world, visit, customer, intent);
      if (order === undefined) return;
      if (plan.isSubmittedTwice) await submitAgain(visit, customer, intent, order);
      await visit.pause(SUMMARY_MS);
      const payment = await pay(world, visit, customer, order.orderId, plan.cardToken);
      if (payment === undefined) return;
      const end = await awaitPaid(world, visit, customer, payment);
      if (end !== 'paid') return;
      if (plan.isShipped) await ship(world, visit, order.orderId);
      else if (plan.isCancelled) await cancel(visit, customer, order.orderId);
    });
  },
};
