import { describe, expect, it } from 'vitest';
import { type AuditCase, found, messagesAfter } from './audit-case.ts';

const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('outbox-empty', change);

describe('outbox-empty', () => {
  it('finds a message that was never sent', () => {
    const messages = after(({ snapshot }) => {
      snapshot.outbox.push({ id: 4, topic: 'payments', messageId: 'm-4', payload: { orderId: 'order-3' } });
    });
    expect(messages).toEqual(['outbox row 4 (payments, message m-4) was never sent']);
  });

  it('finds messages that nobody took', () => {
    const messages = after(({ snapshot }) => {
      found(snapshot.queues[1]).readyCount = 2;
    });
    expect(messages).toEqual(['queue payments still holds 2 messages']);
  });

  it('finds a message that is twice in the inbox', () => {
    const messages = after(({ snapshot }) => {
      snapshot.inbox.push({ ...found(snapshot.inbox[0]) });
    });
    expect(messages).toEqual(['message payments/message-order-1 is 2 times in the inbox']);
  });

  it('finds a payment that took effect twice', () => {
    const messages = after(({ snapshot }) => {
      snapshot.orderEvents.push({ id: 90, orderId: 'order-1', from: 'PAYING', to: 'PAID' });
      snapshot.stockMoves.push({ id: 90, productId: 3, orderId: 'order-1', kind: 'sell', quantity: 2 });
    });
    expect(messages).toEqual([
      'the payment of order order-1 took effect 2 times: PAID, PAID',
      'order order-1, product 3: the goods left the reservation 2 times (sell, sell)',
    ]);
  });
});
