import type { Reply, Visit } from '@stormcart/core';
import {
  ACTION,
  type CancellationInput,
  type PaymentRequestInput,
  type ShipmentInput,
} from '../operation/shop-operation.ts';
import { fits, orderStateAnswer, problemOf } from './answers.ts';
import type { Customer } from './customer.ts';
import type { JourneyWorld } from './journey-world.ts';
import { isPatient, pauseBeforeMs, QUESTIONS_MAX } from './patience.ts';
import { requestAs } from './session.ts';

/** Acknowledged: the order must end paid, or cancelled if the bank refused. */
export interface PaymentPromise {
  readonly orderId: string;
  readonly acknowledgedMs: number;
}

/** Pays the order; undefined when the shop did not acknowledge it. */
export async function pay(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  orderId: string,
  cardToken: string,
): Promise<PaymentPromise | undefined> {
  const reply = await requestAs(visit, customer, ({ customerId }) => ({
    route: 'payment',
    method: 'POST',
    path: `/api/orders/${orderId}/payments`,
    body: { cardToken },
    expect: (status, body) => status === 202 && fits(orderStateAnswer, body),
    operation: {
      action: ACTION.paymentRequest,
      key: orderId,
      input: { customerId, orderId } satisfies PaymentRequestInput,
    },
  }));
  return reply?.outcome === 'ok' ? { orderId, acknowledgedMs: world.clock.now() } : undefined;
}

/** Looks at the order until its payment has ended; undefined when patience or the shop ended it. */
export async function awaitPaid(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  promise: PaymentPromise,
): Promise<'paid' | 'cancelled' | undefined> {
  const { orderId, acknowledgedMs } = promise;
  for (let question = 0; question < QUESTIONS_MAX; question += 1) {
    await visit.pause(pauseBeforeMs(question));
    const reply = await requestAs(visit, customer, () => ({
      route: 'order-get',
      method: 'GET',
      path: `/api/orders/${orderId}`,
      expect: (status, body) =>
        status === 200 &&
        isRightOrderState(body, {
          orderId,
          isPatient: isPatient(world.clock.now(), acknowledgedMs),
          wasDeclined: world.payments.wasDeclined(orderId),
        }),
    }));
    if (reply?.outcome !== 'ok') return undefined;
    const { status } = orderStateAnswer.parse(reply.body);
    if (status === 'PAID' || status === 'SHIPPED') return 'paid';
    if (status === 'CANCELLED') return 'cancelled';
  }
  return undefined;
}

export interface OrderStateExpectation {
  readonly orderId: string;
  readonly isPatient: boolean;
  /** Undefined where nobody can ask the bank. */
  readonly wasDeclined: boolean | undefined;
}

/** Paid unless the bank refused, cancelled only if it did, and on the way only while patience lasts. */
function isRightOrderState(body: unknown, expected: OrderStateExpectation): boolean {
  const parsed = orderStateAnswer.safeParse(body);
  if (!parsed.success || parsed.data.orderId !== expected.orderId) return false;
  switch (parsed.data.status) {
    case 'PAID':
    case 'SHIPPED':
      return expected.wasDeclined !== true;
    case 'CANCELLED':
      return expected.wasDeclined !== false;
    case 'PAYING':
      return expected.isPatient;
    case 'RESERVED':
    case 'REFUNDING':
    case 'REFUNDED':
      // The step to PAYING was acknowledged, and nobody has cancelled.
      return false;
    default:
      return parsed.data.status satisfies never;
  }
}

/** The clerk sends a paid order on its way, after a look at it when the shop asks for one. */
export async function ship(world: JourneyWorld, visit: Visit, orderId: string): Promise<void> {
  const reply = await requestShipment(world, visit, orderId);
  if (reply?.outcome !== 'ok' || reply.status === 202) return;
  const review = await requestAs(visit, world.customers.clerk, () => ({
    route: 'review',
    method: 'POST',
    path: `/api/orders/${orderId}/reviews`,
    body: { decision: 'approve' },
    expect: (status) => status === 200,
    operation: { action: ACTION.orderReview, key: orderId, input: { orderId } satisfies ShipmentInput },
  }));
  if (review?.outcome === 'ok') await requestShipment(world, visit, orderId);
}

/** The customer thinks better of it: a paid order is given back its money. */
export async function cancel(visit: Visit, customer: Customer, orderId: string): Promise<void> {
  await requestAs(visit, customer, ({ customerId }) => ({
    route: 'cancellation',
    method: 'POST',
    path: `/api/orders/${orderId}/cancellations`,
    expect: (status, body) => (status === 202 || status === 200) && fits(orderStateAnswer, body),
    operation: {
      action: ACTION.orderCancel,
      key: orderId,
      input: { customerId, orderId } satisfies CancellationInput,
    },
  }));
}

function requestShipment(world: JourneyWorld, visit: Visit, orderId: string): Promise<Reply | undefined> {
  return requestAs(visit, world.customers.clerk, () => ({
    route: 'shipment',
    method: 'POST',
    path: `/api/orders/${orderId}/shipments`,
    expect: (status, body) =>
      status === 202 ? fits(orderStateAnswer, body) : status === 409 && problemOf(body) === 'under-review',
    operation: { action: ACTION.orderShip, key: orderId, input: { orderId } satisfies ShipmentInput },
  }));
}
