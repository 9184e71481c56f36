import { FAULT_MESSAGE_ACTION } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { ACTION } from '../operation/shop-operation.ts';
import { type AuditCase, attemptOf, busyShop, caseOf, check, found, messagesAfter } from './audit-case.ts';

const lettersAfter = (change: (state: AuditCase) => void) => messagesAfter('dead-letters', change);
const cacheAfter = (change: (state: AuditCase) => void) => messagesAfter('cache-consistent', change);

describe('dead-letters', () => {
  it('finds a dead letter that nobody poisoned, and poison that is none', () => {
    const messages = lettersAfter(({ snapshot }) => {
      found(snapshot.deadLetters[0]).messageId = 'honest';
    });
    expect(messages).toEqual([
      'message honest in cart.dead could not be handled, and nobody poisoned it',
      'poison poison-1 was taken off queue cart and is no dead letter',
    ]);
  });

  it('finds poison that ended in the wrong queue, and twice', () => {
    const messages = lettersAfter(({ snapshot }) => {
      const letter = found(snapshot.deadLetters[0]);
      snapshot.deadLetters.push({ ...letter }, { ...letter, queue: 'payments.dead' });
    });
    expect(messages.slice(0, 2)).toEqual([
      'message poison-1 in cart.dead is there 2 times',
      'message poison-1 in payments.dead could not be handled, and nobody poisoned it',
    ]);
  });

  it('finds letters that could not be read', () => {
    const messages = lettersAfter(({ snapshot }) => {
      found(snapshot.queues.find(({ name }) => name === 'cart.dead')).readyCount = 9;
    });
    expect(messages).toEqual(['queue cart.dead holds 9 messages, of which 1 could be read']);
  });

  it('accepts poison that the broker did not confirm, there or not', () => {
    const state = caseOf(busyShop());
    found(state.snapshot.poison[0]).outcome = 'info';
    expect(check('dead-letters', state).answer).toBe('holds');
    state.snapshot.deadLetters = [];
    found(state.snapshot.queues.find(({ name }) => name === 'cart.dead')).readyCount = 0;
    expect(check('dead-letters', state).answer).toBe('holds');
  });

  it('knows the messages that a fault has put into a queue, and misses those that are no dead letters', () => {
    const state = caseOf(busyShop());
    for (const key of ['injected-1', 'injected-2']) {
      state.operations.push({
        ...attemptOf(state, ACTION.cartPut),
        index: 1_000,
        action: FAULT_MESSAGE_ACTION,
        key,
        outcome: 'ok',
        input: { store: 'rabbitmq', queue: 'payments' },
      });
    }
    state.snapshot.deadLetters.push({ queue: 'payments.dead', messageId: 'injected-1' });
    found(state.snapshot.queues.find(({ name }) => name === 'payments.dead')).readyCount += 1;
    expect(check('dead-letters', state).findings.map(({ message }) => message)).toEqual([
      'poison injected-2 was taken off queue payments and is no dead letter',
    ]);
  });
});

describe('cache-consistent', () => {
  it('finds an older and a newer version, another price, and the entry of another product', () => {
    const messages = cacheAfter(({ snapshot }) => {
      const [one, two] = snapshot.cachedProducts;
      Object.assign(found(one), { version: 0 });
      Object.assign(found(two), { version: 2 });
      snapshot.cachedProducts.push(
        {
          ...found(one),
          key: 'third',
          version: 1,
          priceCents: 5,
        } as (typeof snapshot.cachedProducts)[number],
        { ...found(one), key: 'fourth', namedId: 9 } as (typeof snapshot.cachedProducts)[number],
      );
    });
    expect(messages).toEqual([
      'product:v1:1: version 0 is cached, 1 is stored',
      'product:v1:2: version 2 is cached, newer than the stored 1',
      'third: 5 cents are cached, 199 are stored',
      'fourth: the entry is that of product 9',
    ]);
  });

  it('finds an entry that denies a product, one that cannot be read, and one of no product', () => {
    const messages = cacheAfter(({ snapshot }) => {
      snapshot.cachedProducts = [
        { kind: 'absent', productId: 1, key: 'first' },
        { kind: 'unreadable', productId: 2, key: 'second' },
        { kind: 'product', productId: 99, key: 'third', namedId: 99, priceCents: 1, version: 1 },
      ];
    });
    expect(messages).toEqual([
      'first: the cache denies a product that is stored',
      'second: the entry cannot be read',
      'third: the cache shows a product that is not stored',
    ]);
  });
});

describe('trail-complete', () => {
  it('finds what was acknowledged or charged and left no line', () => {
    const messages = messagesAfter('trail-complete', ({ snapshot }) => {
      snapshot.orderEvents = snapshot.orderEvents.filter(({ orderId }) => orderId !== 'order-1');
    });
    expect(messages.join('\n')).toMatch(
      /the trail of order order-1 does not tell of SHIPPED: it was acknowledged \(operation \d+\)/,
    );
    expect(messages).toContain('the trail of order order-1 does not tell of PAYING: money was taken for it');
  });

  it('finds a step that the audit trail does not tell of, and a line that no step explains', () => {
    const messages = messagesAfter('trail-complete', ({ snapshot }) => {
      const line = found(snapshot.auditTrail.find(({ action }) => action === 'order.shipped'));
      line.action = 'order.refunded';
    });
    expect(messages).toEqual([
      'order.shipped of order order-1 happened 1 times and stands 0 times in the audit trail',
      'order.refunded of order order-1 happened 0 times and stands 1 times in the audit trail',
    ]);
  });

  it('finds a login that left no line', () => {
    const messages = messagesAfter('trail-complete', ({ snapshot }) => {
      snapshot.auditTrail = snapshot.auditTrail.filter(({ action }) => action !== 'login.succeeded');
    });
    expect(messages).toEqual(['the audit trail tells of 0 × login.succeeded, customers were told of 1']);
  });
});
