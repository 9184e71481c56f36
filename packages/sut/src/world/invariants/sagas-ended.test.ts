import { describe, expect, it } from 'vitest';
import { ACTION } from '../operation/shop-operation.ts';
import { type AuditCase, busyShop, caseOf, check, found, messagesAfter, orderOf } from './audit-case.ts';
import type { Fate } from './shop-model.ts';

const after = (change: (state: AuditCase) => void): readonly string[] => messagesAfter('sagas-ended', change);

describe('sagas-ended', () => {
  it('finds an order that is stuck', () => {
    const messages = after(({ snapshot }) => {
      found(snapshot.orders.find(({ orderId }) => orderId === 'order-3')).status = 'PAYING';
      snapshot.orderEvents.push({ id: 90, orderId: 'order-3', from: 'RESERVED', to: 'PAYING' });
    });
    expect(messages).toEqual(['order order-3 is stuck in PAYING']);
  });

  it('finds an acknowledged payment that was lost, and names the order', () => {
    const messages = after(({ operations }) => {
      operations.push({
        ...found(operations.find(({ action }) => action === ACTION.paymentRequest)),
        index: 99,
        key: 'order-3',
        input: { customerId: 7, orderId: 'order-3' },
      });
    });
    expect(messages).toEqual([
      'the payment of order order-3 was acknowledged (operation 99) and lost: the order is still RESERVED',
    ]);
  });

  it('finds an acknowledged shipment that was lost', () => {
    const messages = after((state) => {
      orderOf(state, 'order-1').status = 'PAID';
      state.snapshot.orderEvents = state.snapshot.orderEvents.filter(({ to }) => to !== 'SHIPPED');
    });
    expect(messages).toEqual([
      'the shipment of order order-1 was acknowledged (operation 10) and lost: the order is PAID',
    ]);
  });

  it('finds an acknowledged cancellation that was lost', () => {
    const messages = after(({ operations }) => {
      operations.push({
        ...found(operations.find(({ action }) => action === ACTION.paymentRequest)),
        index: 99,
        action: ACTION.orderCancel,
        key: 'order-3',
        input: { customerId: 7, orderId: 'order-3' },
      });
    });
    expect(messages).toEqual([
      'the cancellation of order order-3 was acknowledged (operation 99) and lost: the order is RESERVED',
    ]);
  });

  it('finds an illegal step', () => {
    const messages = after((state) => {
      state.snapshot.orderEvents.push({ id: 90, orderId: 'order-3', from: 'RESERVED', to: 'PAID' });
      orderOf(state, 'order-3').status = 'PAID';
    });
    expect(messages).toEqual(['order order-3 made an illegal step: RESERVED → PAID']);
  });

  it('finds a step from a state that the order was not in', () => {
    const messages = after((state) => {
      const { orderEvents } = state.snapshot;
      state.snapshot.orderEvents = orderEvents.filter(
        ({ orderId, to }) => !(orderId === 'order-1' && to === 'PAYING'),
      );
    });
    expect(messages).toEqual(['order order-1 was RESERVED when it stepped PAYING → PAID']);
  });

  it('finds an order whose events end elsewhere', () => {
    const messages = after((state) => {
      orderOf(state, 'order-3').status = 'CANCELLED';
    });
    expect(messages).toEqual(['order order-3 is CANCELLED, its events end in RESERVED']);
  });

  it('finds events and payments of an order that is not stored', () => {
    const messages = after(({ snapshot }) => {
      snapshot.orders = snapshot.orders.filter(({ orderId }) => orderId !== 'order-2');
    });
    expect(messages).toEqual([
      'order order-2 has events and is not stored',
      'the payment of order order-2 was acknowledged (operation 9) and lost: the order is not stored',
    ]);
  });

  it.each<Fate>(['infoDone', 'infoNotDone'])('accepts a payment with an unknown outcome: %s', (fate) => {
    const model = busyShop();
    model.pay(2, fate, false);
    expect(check('sagas-ended', caseOf(model)).answer).toBe('holds');
  });
});
