import { describe, expect, it } from 'vitest';
import { type AuditCase, found, messagesAfter } from './audit-case.ts';

const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('payments-exact', change);

describe('payments-exact', () => {
  it('finds a paid order without a capture', () => {
    const messages = after(({ snapshot }) => {
      snapshot.captures = [];
    });
    expect(messages).toEqual(['order order-1 is SHIPPED and the provider has no capture for it']);
  });

  it('finds a second capture', () => {
    const messages = after(({ snapshot }) => {
      snapshot.captures.push({ ...found(snapshot.captures[0]), chargeId: 'ch-2', key: 'other' });
    });
    expect(messages).toContain(
      'order order-1 was charged 2 times: ch-1 with key pay-order-1, ch-2 with key other',
    );
  });

  it('finds a second capture that was given back, too', () => {
    const messages = after(({ snapshot }) => {
      const capture = found(snapshot.captures[0]);
      snapshot.captures.push({ ...capture, chargeId: 'ch-2' });
      snapshot.refunds.push({ ...capture, chargeId: 'ch-2' });
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/was charged 2 times/);
  });

  it('finds money that was given back twice', () => {
    const messages = after((state) => {
      state.snapshot.refunds.push(
        ...['refund-order-1', 'again'].map((key) => ({ ...found(state.snapshot.captures[0]), key })),
      );
    });
    expect(messages).toContain(
      'order order-1 was given back 2 times: ch-1 with key refund-order-1, ch-1 with key again',
    );
  });

  it('finds a wrong amount', () => {
    const messages = after(({ snapshot }) => {
      found(snapshot.captures[0]).amountCents -= 1;
    });
    expect(messages).toEqual([
      'order order-1 is SHIPPED and due 798 cents, the provider holds 797 (charges: ch-1)',
    ]);
  });

  it.each(['order-2', 'order-3'])('finds money taken for %s, which is not paid', (orderId) => {
    const messages = after(({ snapshot }) => {
      snapshot.captures.push({ chargeId: 'ch-2', key: `pay-${orderId}`, orderId, amountCents: 5 });
    });
    expect(messages[0]).toMatch(new RegExp(`^order ${orderId} is .* due 0 cents, the provider holds 5`));
  });

  it('finds money taken for an order that is not stored', () => {
    const messages = after(({ snapshot }) => {
      snapshot.captures.push({ chargeId: 'ch-2', key: 'pay-x', orderId: 'order-x', amountCents: 5 });
    });
    expect(messages).toEqual(['5 cents were taken for order order-x, which is not stored (charges: ch-2)']);
  });
});
