import type { Operation } from '@stormcart/core';
import { expect, it } from 'vitest';
import { countLosses } from './count-losses.ts';
import type { KillResult } from './drill-kill.ts';
import { answersOf, brokenBy } from './kill-verdict.ts';

function acknowledged(orderId: string): Operation {
  return {
    index: 1,
    action: 'order.create',
    key: `key of ${orderId}`,
    journey: 'checkout',
    customer: '7',
    sentMs: 0,
    endedMs: 1,
    outcome: 'ok',
    input: { customerId: 7, cartSeq: 1 },
    output: { orderId, totalCents: 100, items: [] },
  };
}

const shelf = { productId: 3, initial: 10, available: 7, reserved: 1, sold: 2 };
const snapshot = {
  orders: [
    { orderId: 'one', status: 'PAID' },
    { orderId: 'two', status: 'RESERVED' },
  ],
  captures: [{ orderId: 'one' }],
  stock: [shelf],
};
// One order was created twice with the same key, and one was refused.
const history = [
  acknowledged('one'),
  acknowledged('one'),
  acknowledged('two'),
  { ...acknowledged('no'), outcome: 'fail' as const },
];

it('counts nothing as lost where nothing is', () => {
  expect(countLosses(history, snapshot)).toEqual({
    acknowledgedCount: 2,
    lostCount: 0,
    doubleCaptureCount: 0,
    stockOffCount: 0,
    unendedCount: 0,
  });
});

it.each([
  ['an order that is not stored', { orders: [{ orderId: 'one', status: 'PAID' }] }, { lostCount: 1 }],
  [
    'a second capture',
    { captures: [{ orderId: 'one' }, { orderId: 'two' }, { orderId: 'one' }] },
    { doubleCaptureCount: 1 },
  ],
  ['a piece from nowhere', { stock: [{ ...shelf, available: 8 }] }, { stockOffCount: 1 }],
  ['fewer than none', { stock: [{ ...shelf, available: -1, sold: 10 }] }, { stockOffCount: 1 }],
  [
    'an order that waits for its payment',
    { orders: [...snapshot.orders, { orderId: 'three', status: 'PAYING' }] },
    { unendedCount: 1 },
  ],
])('counts %s', (_what, change, losses) => {
  expect(countLosses(history, { ...snapshot, ...change })).toMatchObject(losses);
});

const harmless: KillResult = {
  acknowledgedCount: 2,
  lostCount: 0,
  doubleCaptureCount: 0,
  stockOffCount: 0,
  unendedCount: 0,
  operationsCount: 4,
  invariants: [{ name: 'orders-stored', answer: 'holds', checkedCount: 2, findings: [] }],
  endedWithinMs: 30_000,
  availability: 0.9,
  backAfterMs: 700,
  recoveredAfterMs: 900,
  isStarved: false,
  miss: undefined,
};
const violated = {
  name: 'payments-exact',
  answer: 'violated' as const,
  checkedCount: 1,
  findings: [{ message: 'charged 2 times', evidence: {} }],
};

it.each<[string, Partial<KillResult>, RegExp]>([
  ['a lost order', { lostCount: 1 }, /1 acknowledged orders are lost/],
  ['a double capture', { doubleCaptureCount: 1 }, /charged twice/],
  ['stock that is off', { stockOffCount: 1 }, /stock of 1 products/],
  ['a saga that never ended', { endedWithinMs: undefined }, /did not end/],
  ['a saga that took too long', { endedWithinMs: 120_001 }, /did not end/],
  ['a violated invariant', { invariants: [violated] }, /payments-exact is violated: charged 2 times/],
  ['a drill without orders', { acknowledgedCount: 0 }, /no order/],
  ['a kill that did not happen', { miss: 'it was not running' }, /kill did not work: it was not running/],
])('finds fault with %s', (_what, change, says) => {
  expect(brokenBy(harmless)).toEqual([]);
  expect(brokenBy({ ...harmless, ...change }).join('\n')).toMatch(says);
});

it('says which invariants do not hold', () => {
  expect(answersOf(harmless)).toBe('1 hold');
  expect(answersOf({ invariants: [...harmless.invariants, violated] })).toBe(
    '1 hold, payments-exact violated',
  );
});
