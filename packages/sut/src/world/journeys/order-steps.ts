import type { Reply, RequestSpec, Visit } from '@stormcart/core';
import {
  ACTION,
  type OrderCreateInput,
  type OrderCreateOutput,
  type OrderedItem,
  orderCreateOutput,
} from '../operation/shop-operation.ts';
import { fits, problemOf } from './answers.ts';
import type { Customer, Session } from './customer.ts';
import type { JourneyWorld } from './journey-world.ts';
import { requestAs } from './session.ts';

/** What is going to be an order. */
export interface OrderIntent {
  /** The Idempotency-Key: the same for every attempt. */
  readonly key: string;
  /** Up to where the cart has settled; 0 for an order without a cart. */
  readonly cartSeq: number;
  readonly items: readonly OrderedItem[];
}

/** One product that is ordered at once, without a cart. */
export function directIntent(key: string, sku: number, quantity = 1): OrderIntent {
  return { key, cartSeq: 0, items: [{ sku, quantity }] };
}

/** Orders the cart; asks again once, with the same key, when no answer came. Undefined without an order. */
export async function submitOrder(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  intent: OrderIntent,
): Promise<OrderCreateOutput | undefined> {
  world.stock.ask(intent.items);
  const mayBeOut = (): boolean => world.stock.mayBeOut(intent.items);
  const first = await requestAs(visit, customer, (session) =>
    orderSpec(intent, session, (status, body) => isRightOrder(status, body, mayBeOut())),
  );
  const reply =
    first !== undefined && isUnanswered(first)
      ? await requestAs(visit, customer, (session) =>
          orderSpec(intent, session, (status, body) => isRightRetry(status, body, mayBeOut())),
        )
      : first;
  if (reply?.outcome !== 'ok' || reply.status !== 201) return undefined;
  return orderCreateOutput.parse(reply.body);
}

/** Orders one of a product without a cart; undefined without an order. */
export async function submitItems(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  { key, sku }: { readonly key: string; readonly sku: number },
): Promise<OrderCreateOutput | undefined> {
  const intent = directIntent(key, sku);
  world.stock.ask(intent.items);
  const reply = await requestAs(visit, customer, (session) =>
    orderSpec(intent, session, (status, body) =>
      isRightRetry(status, body, world.stock.mayBeOut(intent.items)),
    ),
  );
  return reply?.status === 201 ? orderCreateOutput.safeParse(reply.body).data : undefined;
}

/** The impatient second click: the same key must give the same answer. */
export async function submitAgain(
  visit: Visit,
  customer: Customer,
  intent: OrderIntent,
  order: OrderCreateOutput,
): Promise<void> {
  await requestAs(visit, customer, (session) =>
    orderSpec(intent, session, (status, body) => status === 201 && isSameOrder(body, order)),
  );
}

/** The order, or sold out where that can be. */
export function isRightOrder(status: number, body: unknown, mayBeOut: boolean): boolean {
  if (status === 201) return fits(orderCreateOutput, body);
  return status === 409 && problemOf(body) === 'out-of-stock' && mayBeOut;
}

/** As for the first attempt, or that the first attempt is still under way. */
export function isRightRetry(status: number, body: unknown, mayBeOut: boolean): boolean {
  if (status === 409 && problemOf(body) === 'request-in-flight') return true;
  return isRightOrder(status, body, mayBeOut);
}

/** Byte for byte as it was answered before. */
export function isSameOrder(body: unknown, order: OrderCreateOutput): boolean {
  const parsed = orderCreateOutput.safeParse(body);
  return parsed.success && JSON.stringify(parsed.data) === JSON.stringify(order);
}

/** Sent, and nobody knows what became of it: the case for which idempotency keys were made. */
function isUnanswered(reply: Reply): boolean {
  return reply.outcome === 'timeout' || reply.outcome === 'reset' || reply.outcome === 'truncated';
}

/** One attempt at an order. */
export function orderSpec(
  { key, cartSeq, items }: OrderIntent,
  session: Session,
  expect: RequestSpec['expect'],
): RequestSpec {
  return {
    route: 'order-create',
    method: 'POST',
    path: '/api/orders',
    headers: { 'idempotency-key': key },
    body: cartSeq === 0 ? { items } : { cartSeq },
    expect,
    operation: {
      action: ACTION.orderCreate,
      key,
      input: { customerId: session.customerId, cartSeq } satisfies OrderCreateInput,
      output: keepOrder,
    },
  };
}

/** What the audit needs of an answer: the order, or the problem's name. */
function keepOrder(_status: number, body: unknown): Readonly<Record<string, unknown>> {
  const order = orderCreateOutput.safeParse(body);
  return order.success ? order.data : { problem: problemOf(body) ?? 'unreadable' };
}
