import { ManualClock } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createNone } from '../policy/none.ts';
import { createAssessment } from './assess-order.ts';
import { type FraudFacts, fraudFigures, scoreOrder } from './score-order.ts';

const ORDINARY: FraudFacts = { totalCents: 5_000, recentOrders: 1, paidOrders: 5, paidAverageCents: 4_000 };
const ORDER = { orderId: 'order-1', customerId: 7, totalCents: 5_000 };

const count = fc.integer({ min: 0, max: 1_000 });
const facts = fc.record({
  totalCents: fc.integer({ min: 1, max: 10_000_000 }),
  recentOrders: count,
  paidOrders: count,
  paidAverageCents: fc.integer({ min: 0, max: 1_000_000 }),
});

it('finds nothing in an ordinary order', () => {
  expect(scoreOrder(ORDINARY)).toEqual({ points: 0, reasons: [] });
});

it.each([
  ['velocity', { recentOrders: fraudFigures.velocityOrders + 1 }],
  ['amount', { totalCents: fraudFigures.amountCents + 1, paidOrders: 0 }],
  ['mismatch', { totalCents: 40_001 }],
] as const)('one rule, %s, is no reason to look yet; broken grossly it is', (reason, change) => {
  const once = scoreOrder({ ...ORDINARY, ...change });
  expect(once.reasons).toEqual([reason]);
  expect(once.points).toBeLessThan(fraudFigures.reviewPoints);
  const grossly = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, name === 'paidOrders' ? value : value * 3]),
  );
  expect(scoreOrder({ ...ORDINARY, ...grossly }).points).toBeGreaterThanOrEqual(fraudFigures.reviewPoints);
});

it('has no habit to compare with after two paid orders', () => {
  expect(scoreOrder({ ...ORDINARY, totalCents: 400_000, paidOrders: 2 }).reasons).toEqual([]);
});

it('never trusts an order more because it is dearer or one of more', () => {
  fc.assert(
    fc.property(facts, count, count, (known, cents, orders) => {
      const worse = {
        ...known,
        totalCents: known.totalCents + cents,
        recentOrders: known.recentOrders + orders,
      };
      expect(scoreOrder(worse).points).toBeGreaterThanOrEqual(scoreOrder(known).points);
    }),
  );
});

const assess = (known: FraudFacts) => createAssessment(() => Promise.resolve(known), createNone('fraud'));

it('says what it found', async () => {
  expect(await assess(ORDINARY)(ORDER)).toEqual({ kind: 'clear', points: 0 });
  expect(await assess({ ...ORDINARY, recentOrders: 1_000 })(ORDER)).toEqual({
    kind: 'suspicious',
    points: 60,
    reasons: ['velocity'],
  });
});

it('is unavailable, and nothing worse, when the facts cannot be read or are late', async () => {
  const broken = createAssessment(() => Promise.reject(new Error('away')), createNone('fraud'));
  expect(await broken(ORDER)).toEqual({ kind: 'unavailable', reason: 'away' });

  const clock = new ManualClock();
  const late = createAssessment(() => new Promise(() => undefined), {
    ...createNone('fraud'),
    execute: (action) =>
      Promise.race([
        action(new AbortController().signal),
        clock.sleep(100).then(() => Promise.reject(new Error('late'))),
      ]),
  });
  const assessed = late(ORDER);
  await clock.advance(100);
  expect(await assessed).toEqual({ kind: 'unavailable', reason: 'late' });
});
