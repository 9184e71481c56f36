import type { Finding } from '@stormcart/core';
import type { OrderEvent, OrderStatus, StoredOrder } from '../snapshot/shop-snapshot.ts';
import type { Audit, ShopInvariant } from './shop-invariant.ts';

/** From which states a state may be entered; null is the order's birth. */
const LEGAL_FROM: Readonly<Record<OrderStatus, readonly (OrderStatus | null)[]>> = {
  RESERVED: [null],
  PAYING: ['RESERVED'],
  PAID: ['PAYING'],
  SHIPPED: ['PAID'],
  CANCELLED: ['RESERVED', 'PAYING', 'REFUNDING'],
  REFUNDING: ['PAYING', 'PAID'],
  REFUNDED: ['REFUNDING'],
};

/** Where an order waits for the payment provider: it must not be there any more when the shop is at rest. */
const UNDER_WAY: readonly OrderStatus[] = ['PAYING', 'REFUNDING'];

/** Where an acknowledged payment may have led. Cancelling comes after paying, so it may have ended there, too. */
const PAYMENT_ENDS: readonly (OrderStatus | undefined)[] = ['PAID', 'SHIPPED', 'CANCELLED', 'REFUNDED'];

/** Every order is somewhere it may rest, got there by legal steps, and no acknowledged step was lost. */
export const sagasEnded: ShopInvariant = {
  name: 'sagas-ended',
  about: 'No order is stuck, every acknowledged payment and shipment took effect, every step was legal.',
  judge(audit) {
    const { history, snapshot } = audit;
    const events = Map.groupBy(snapshot.orderEvents, (event) => event.orderId);
    const known = new Set(snapshot.orders.map((order) => order.orderId));
    const findings: Finding[] = [];
    for (const order of snapshot.orders) findings.push(...judgeOrder(order, events.get(order.orderId) ?? []));
    for (const [orderId, orderEvents] of events) {
      if (known.has(orderId)) continue;
      const message = `order ${orderId} has events and is not stored`;
      findings.push({ message, evidence: { events: orderEvents } });
    }
    findings.push(...lostSteps(audit));
    return {
      checkedCount:
        snapshot.orders.length +
        history.payments.length +
        history.shipments.length +
        history.cancellations.length,
      findings,
    };
  },
};

function judgeOrder(order: StoredOrder, unordered: readonly OrderEvent[]): readonly Finding[] {
  const events = unordered.toSorted((left, right) => left.id - right.id);
  const evidence = { order, events };
  const findings: Finding[] = [];
  if (UNDER_WAY.includes(order.status)) {
    findings.push({ message: `order ${order.orderId} is stuck in ${order.status}`, evidence });
  }
  let current: OrderStatus | null = null;
  for (const event of events) {
    const step = `${event.from ?? 'nothing'} → ${event.to}`;
    if (!LEGAL_FROM[event.to].includes(event.from)) {
      findings.push({ message: `order ${order.orderId} made an illegal step: ${step}`, evidence });
    } else if (event.from !== current) {
      const message = `order ${order.orderId} was ${current ?? 'not there'} when it stepped ${step}`;
      findings.push({ message, evidence });
    }
    current = event.to;
  }
  if (current !== order.status) {
    const message = `order ${order.orderId} is ${order.status}, its events end in ${current ?? 'nothing'}`;
    findings.push({ message, evidence });
  }
  return findings;
}

/** Acknowledged payments that led nowhere, shipments that are not shipped, cancellations that did not happen. */
function lostSteps({ history, snapshot }: Audit): readonly Finding[] {
  const orders = new Map(snapshot.orders.map((order) => [order.orderId, order]));
  const findings: Finding[] = [];
  const judged = new Set<string>();
  for (const attempt of history.payments) {
    const { orderId } = attempt.input;
    if (attempt.outcome !== 'ok' || judged.has(orderId)) continue;
    judged.add(orderId);
    const order = orders.get(orderId);
    const status = order?.status;
    if (PAYMENT_ENDS.includes(status)) continue;
    const state = status === undefined ? 'not stored' : `still ${status}`;
    findings.push({
      message: `the payment of order ${orderId} was acknowledged (operation ${attempt.index}) and lost: the order is ${state}`,
      evidence: { attempt, order },
    });
  }
  for (const attempt of history.shipments) {
    const { orderId } = attempt.input;
    const order = orders.get(orderId);
    if (attempt.outcome !== 'ok' || order?.status === 'SHIPPED') continue;
    findings.push({
      message: `the shipment of order ${orderId} was acknowledged (operation ${attempt.index}) and lost: the order is ${order?.status ?? 'not stored'}`,
      evidence: { attempt, order },
    });
  }
  for (const attempt of history.cancellations) {
    const { orderId } = attempt.input;
    const order = orders.get(orderId);
    if (attempt.outcome !== 'ok' || order?.status === 'CANCELLED' || order?.status === 'REFUNDED') continue;
    findings.push({
      message: `the cancellation of order ${orderId} was acknowledged (operation ${attempt.index}) and lost: the order is ${order?.status ?? 'not stored'}`,
      evidence: { attempt, order },
    });
  }
  return findings;
}
