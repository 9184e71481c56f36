import { describe, expect, it } from 'vitest';
import {
  type AuditCase,
  busyShop,
  caseOf,
  check,
  found,
  messagesAfter,
  orderOf,
  replace,
} from './audit-case.ts';
import type { Fate } from './shop-model.ts';

const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('orders-stored', change);

describe('orders-stored', () => {
  it('finds an acknowledged order that is not stored', () => {
    const messages = after(({ snapshot }) => {
      snapshot.orders = snapshot.orders.filter(({ orderId }) => orderId !== 'order-3');
    });
    expect(messages).toContainEqual(
      expect.stringMatching(
        /^order order-3 \(key key-3 of customer 7, operation 6\) was acknowledged and is not stored$/,
      ),
    );
  });

  it('finds two orders for one key', () => {
    const messages = after((state) => {
      const order = orderOf(state, 'order-1');
      state.snapshot.orders.push({ ...order, orderId: 'order-9' });
    });
    expect(messages).toEqual(['key key-1 of customer 7 has 2 stored orders: order-1, order-9']);
  });

  it('finds an order that nobody asked for', () => {
    const messages = after((state) => {
      const order = orderOf(state, 'order-1');
      state.snapshot.orders.push({ ...order, orderId: 'order-9', key: 'key-9' });
    });
    expect(messages).toEqual(['order order-9 (key key-9) of customer 7 is stored and nobody asked for it']);
  });

  it('finds an order whose every attempt was refused', () => {
    const messages = after((state) => {
      const attempt = found(state.operations.find(({ key }) => key === 'key-3'));
      replace(state, attempt, { outcome: 'fail', status: 409 });
    });
    expect(messages).toEqual([
      'order order-3 (key key-3 of customer 7) is stored although every attempt was refused',
    ]);
  });

  it('finds a replay that was answered differently', () => {
    const messages = after((state) => {
      const replay = found(state.operations.findLast(({ key }) => key === 'key-1'));
      replace(state, replay, { output: { ...replay.output, items: [{ sku: 5, quantity: 1 }] } });
    });
    expect(messages).toEqual(['key key-1 of customer 7 was answered in 2 different ways']);
  });

  it('finds another order or total stored than was acknowledged', () => {
    const messages = after((state) => {
      orderOf(state, 'order-1').totalCents += 1;
      const attempt = found(state.operations.find(({ key }) => key === 'key-2'));
      replace(state, attempt, { output: { ...attempt.output, orderId: 'order-8' } });
    });
    expect(messages).toContain(
      'order order-1 (key key-1 of customer 7): 798 cents were acknowledged, 799 are stored',
    );
    expect(messages).toContain('key key-2 of customer 8: order order-8 was acknowledged, order-2 is stored');
  });

  it('finds an acknowledgement without an order', () => {
    const messages = after((state) => {
      replace(state, found(state.operations.find(({ key }) => key === 'key-2')), { output: {} });
    });
    expect(messages).toEqual([
      'key key-2 of customer 8: operation 5 was acknowledged without saying what was ordered',
    ]);
  });

  it('finds a key that points at no order', () => {
    const messages = after(({ snapshot }) => {
      snapshot.idempotency.push({ customerId: 7, key: 'key-9', orderId: 'order-9' });
    });
    expect(messages).toEqual(['key key-9 of customer 7 points at order order-9, which is not stored']);
  });

  it.each<Fate>(['infoDone', 'infoNotDone'])('accepts an order with an unknown outcome: %s', (fate) => {
    const model = busyShop();
    model.order(8, 'key-4', [{ sku: 1, quantity: 1 }], fate);
    expect(check('orders-stored', caseOf(model)).answer).toBe('holds');
  });
});
