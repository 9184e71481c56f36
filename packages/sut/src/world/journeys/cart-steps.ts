import type { Visit } from '@stormcart/core';
import {
  ACTION,
  type CartGetInput,
  type CartGetOutput,
  type CartPutInput,
} from '../operation/shop-operation.ts';
import { type CartAnswer, cartAnswer, cartPutAnswer, fits, problemOf } from './answers.ts';
import { choosePopularProduct } from './catalogue-choice.ts';
import type { Customer } from './customer.ts';
import type { JourneyWorld } from './journey-world.ts';
import { isPatient, pauseBeforeMs, QUESTIONS_MAX } from './patience.ts';
import { randomUuid } from './random-uuid.ts';
import { requestAs } from './session.ts';

export interface CartChange {
  readonly sku: number;
  /** Absolute; 0 takes the product out. */
  readonly quantity: number;
}

/** Acknowledged: the cart must settle up to here. */
export interface CartPromise {
  readonly seq: number;
  readonly acknowledgedMs: number;
}

/** Carts stay small, as people's do; a full one loses something before anything is added. */
const CART_PRODUCTS_MAX = 5;

/** What this customer does to the cart next. */
export function chooseCartChange(visit: Visit, knownCart: ReadonlyMap<number, number>): CartChange {
  const { random } = visit;
  if (knownCart.size >= CART_PRODUCTS_MAX) return { sku: random.pick([...knownCart.keys()]), quantity: 0 };
  return { sku: choosePopularProduct(visit), quantity: random.integer(1, 3) };
}

/** Puts a quantity into the cart; undefined when the shop did not acknowledge it. */
export async function putItem(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  change: CartChange,
  seq = customer.nextSeq(),
): Promise<CartPromise | undefined> {
  const { sku, quantity } = change;
  const opId = randomUuid(visit.random);
  const reply = await requestAs(visit, customer, ({ customerId }) => ({
    route: 'cart-put',
    method: 'PUT',
    path: `/api/cart/items/${sku}`,
    body: { quantity, seq, opId },
    expect: (status, body) => status === 202 && fits(cartPutAnswer, body),
    operation: {
      action: ACTION.cartPut,
      key: opId,
      input: { customerId, sku, quantity, seq, opId } satisfies CartPutInput,
    },
  }));
  if (reply?.outcome !== 'ok') return undefined;
  customer.acknowledge(seq);
  return { seq, acknowledgedMs: world.clock.now() };
}

/**
 * Changes the same product twice, and the first change reaches the shop last, as from a second tab on a bad line: it is
 * accepted and must not win. Undefined when one of them was not acknowledged.
 */
export async function putLate(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  change: CartChange,
): Promise<CartPromise | undefined> {
  const early = customer.nextSeq();
  const promise = await putItem(world, visit, customer, change);
  if (promise === undefined) return undefined;
  const overtaken = { sku: change.sku, quantity: change.quantity + 1 };
  return (await putItem(world, visit, customer, overtaken, early)) && promise;
}

/** Looks at the cart until it shows what was promised; undefined when patience or the shop ended it. */
export async function awaitCart(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  promise: CartPromise,
): Promise<CartAnswer | undefined> {
  for (let question = 0; question < QUESTIONS_MAX; question += 1) {
    await visit.pause(pauseBeforeMs(question));
    const reply = await requestAs(visit, customer, ({ customerId }) => ({
      route: 'cart-get',
      method: 'GET',
      path: `/api/cart?minSeq=${promise.seq}`,
      expect: (status, body) => isRightCart(status, body, promise, world.clock.now()),
      operation: {
        action: ACTION.cartGet,
        key: `${customerId}/${promise.seq}`,
        input: { customerId, minSeq: promise.seq } satisfies CartGetInput,
        output: keepCart,
      },
    }));
    if (reply?.outcome !== 'ok') return undefined;
    if (reply.status !== 200) continue;
    const cart = cartAnswer.parse(reply.body);
    customer.knownCart = new Map(
      cart.items.filter(({ quantity }) => quantity > 0).map(({ sku, quantity }) => [sku, quantity]),
    );
    return cart;
  }
  return undefined;
}

/** What the audit needs of an answer: the cart, or the problem's name. */
function keepCart(_status: number, body: unknown): Readonly<Record<string, unknown>> {
  const cart = cartAnswer.safeParse(body);
  if (!cart.success) return { problem: problemOf(body) ?? 'unreadable' };
  return { seq: cart.data.seq, items: cart.data.items } satisfies CartGetOutput;
}

/** A settled cart at any time; "not yet" only while patience lasts. */
function isRightCart(status: number, body: unknown, promise: CartPromise, nowMs: number): boolean {
  if (status === 200) {
    const cart = cartAnswer.safeParse(body);
    return cart.success && cart.data.seq >= promise.seq;
  }
  return status === 409 && problemOf(body) === 'cart-unsettled' && isPatient(nowMs, promise.acknowledgedMs);
}
