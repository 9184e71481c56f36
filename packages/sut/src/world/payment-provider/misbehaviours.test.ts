import { ManualClock } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { Misbehaviours } from './misbehaviours.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { healthyMode } from './payment-mode.ts';

const misbehaving = (change: Partial<typeof healthyMode>) => ({ ...healthyMode, ...change });
const never = new AbortController().signal;

describe('several ways of misbehaving', () => {
  it('have the largest share together, and each its own end', () => {
    const all = new Misbehaviours(new ManualClock());
    const few = all.begin(misbehaving({ declineShare: 0.2 }));
    const many = all.begin(misbehaving({ declineShare: 0.6, loseReplyShare: 0.1 }));
    expect(all.combinedWith(healthyMode)).toMatchObject({ declineShare: 0.6, loseReplyShare: 0.1 });
    many.end();
    many.end();
    expect(many.isOver).toBe(true);
    expect(all.combinedWith(healthyMode)).toMatchObject({ declineShare: 0.2, loseReplyShare: 0 });
    expect(all.combinedWith(misbehaving({ declineShare: 1 }))).toMatchObject({ declineShare: 1 });
    few.end();
    expect(all.combinedWith(healthyMode)).toEqual(healthyMode);
  });

  it('count what each of them would have done alone', () => {
    const ledger = new PaymentLedger(1);
    const all = new Misbehaviours(new ManualClock());
    const few = all.begin(misbehaving({ declineShare: 0.2 }));
    const many = all.begin(misbehaving({ declineShare: 0.6 }));
    const keys = Array.from({ length: 500 }, (_, index) => `pay-${index}`);
    for (const key of keys.filter((each) => ledger.draw('decline', each, 0.6))) {
      all.countHit('decline', key, (...lot) => ledger.draw(...lot));
    }
    expect(many.hitCount).toBe(keys.filter((key) => ledger.draw('decline', key, 0.6)).length);
    expect(few.hitCount).toBe(keys.filter((key) => ledger.draw('decline', key, 0.2)).length);
  });
});

describe('slowness', () => {
  it('holds a call back for each delay in turn', async () => {
    const clock = new ManualClock();
    const all = new Misbehaviours(clock);
    const slow = all.begin(misbehaving({ delayMs: 100 }));
    all.begin(misbehaving({ delayMs: 50 }));
    let isThrough = false;
    const held = all.holdBack(never).then(() => {
      isThrough = true;
    });
    await clock.advance(149);
    expect(isThrough).toBe(false);
    await clock.advance(1);
    await held;
    expect(slow.hitCount).toBe(1);
  });

  it('lets go what it holds when it ends, and breaks it off when the provider closes', async () => {
    const all = new Misbehaviours(new ManualClock());
    const slow = all.begin(misbehaving({ delayMs: 60_000 }));
    const held = all.holdBack(never);
    slow.end();
    await held;
    await all.holdBack(never);
    all.begin(misbehaving({ delayMs: 60_000 }));
    const closing = new AbortController();
    const brokenOff = all.holdBack(closing.signal);
    closing.abort(new Error('closing'));
    await expect(brokenOff).rejects.toThrow('closing');
  });
});
