import { describe, expect, it } from 'vitest';
import { type AuditCase, found, messagesAfter, orderOf } from './audit-case.ts';

const after = (change: (state: AuditCase) => void): readonly string[] => messagesAfter('order-total', change);

describe('order-total', () => {
  it('finds a total that its items do not make', () => {
    const messages = after((state) => {
      orderOf(state, 'order-1').totalCents = 1;
    });
    expect(messages).toEqual(['order order-1 has a total of 1 cents, its items make 798']);
  });

  it('finds an order without items, and items without an order', () => {
    const messages = after(({ snapshot }) => {
      for (const item of snapshot.orderItems) if (item.orderId === 'order-2') item.orderId = 'order-9';
    });
    expect(messages).toEqual([
      'order order-2 has no items',
      'items of order order-9 are stored without the order',
    ]);
  });

  it('finds an item of nothing', () => {
    const messages = after((state) => {
      const item = found(state.snapshot.orderItems.find(({ orderId }) => orderId === 'order-2'));
      item.quantity = 0;
      orderOf(state, 'order-2').totalCents = 0;
    });
    expect(messages).toEqual(['order order-2 holds 0 of product 4 at 499 cents']);
  });
});
