import { ManualClock } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { remainingOf, type ShopBacklog, watchStandstill } from './drain.ts';

const NOTHING: ShopBacklog = {
  outboxCount: 0,
  payingOrderIds: [],
  settledSeqs: new Map([[7, 3]]),
  queues: [
    { name: 'cart', readyCount: 0 },
    { name: 'payments', readyCount: 0 },
    { name: 'refunds', readyCount: 0 },
  ],
};

const remaining = (
  change: Partial<ShopBacklog>,
  seqs: readonly [number, number][] = [[7, 3]],
): readonly string[] => remainingOf({ ...NOTHING, ...change }, new Map(seqs));

describe('what remains', () => {
  it('is nothing when all is settled', () => {
    expect(remaining({})).toEqual([]);
  });

  it('is the outbox', () => {
    expect(remaining({ outboxCount: 3 })).toEqual(['outbox: 3 rows']);
  });

  it('is what waits in a queue, or a queue that is not there', () => {
    expect(remaining({ queues: [{ name: 'payments', readyCount: 2 }] })).toEqual([
      'queue cart: not there',
      'queue payments: 2 messages',
      'queue refunds: not there',
    ]);
  });

  it('is not what ended as a dead letter: that never goes away by waiting', () => {
    expect(remaining({ queues: [...NOTHING.queues, { name: 'cart.dead', readyCount: 2 }] })).toEqual([]);
  });

  it('is orders that are being paid, the first five by name', () => {
    expect(remaining({ payingOrderIds: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] })).toEqual([
      'orders in PAYING or REFUNDING: a, b, c, d, e and 2 more',
    ]);
  });

  it('is carts that are behind their last acknowledged operation', () => {
    const behind: [number, number][] = [
      [7, 4],
      [8, 1],
      [9, 0],
    ];
    expect(remaining({}, behind)).toEqual(['unsettled carts of customers: 7, 8']);
  });
});

describe('a standstill', () => {
  it('is reached when every look has found the same for long enough', async () => {
    const clock = new ManualClock();
    const watch = watchStandstill(clock, 1_000);
    expect(watch.isReached(['outbox: 3 rows'])).toBe(false);
    await clock.advance(999);
    expect(watch.isReached(['outbox: 2 rows'])).toBe(false);
    await clock.advance(999);
    expect(watch.isReached(['outbox: 2 rows'])).toBe(false);
    await clock.advance(1);
    expect(watch.isReached(['outbox: 2 rows'])).toBe(true);
  });
});
