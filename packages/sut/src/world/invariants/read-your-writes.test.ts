import { describe, expect, it } from 'vitest';
import { ACTION } from '../operation/shop-operation.ts';
import { type AuditCase, attemptOf, busyShop, caseOf, check, messagesAfter, replace } from './audit-case.ts';

/** Without the operations' numbers, which depend on everything that the busy shop did before. */
const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('read-your-writes', change).map((message) => message.replaceAll(/operation \d+/g, 'asking'));

/** Customer 7 put 2 of product 3 (seq 1), then 1 (seq 2), and was shown the cart. */
const show = (state: AuditCase, seq: number, items: readonly unknown[]): void => {
  replace(state, attemptOf(state, ACTION.cartGet), { output: { seq, items } });
};

describe('read-your-writes', () => {
  it('finds a cart that is older than asked for', () => {
    expect(after((state) => show(state, 1, [{ sku: 3, quantity: 2 }]))).toEqual([
      'customer 7 (asking) asked for a cart settled up to 2 and was shown one up to 1',
    ]);
  });

  it('finds an acknowledged change that is not shown', () => {
    expect(after((state) => show(state, 2, [{ sku: 3, quantity: 2 }]))).toEqual([
      'customer 7 (asking) was shown 2 of product 3 in a cart up to 2; due was 1 (seq 2)',
    ]);
    expect(after((state) => show(state, 2, []))).toEqual([
      'customer 7 (asking) was shown 0 of product 3 in a cart up to 2; due was 1 (seq 2)',
    ]);
  });

  it('finds what nobody put there', () => {
    const items = [
      { sku: 3, quantity: 1 },
      { sku: 5, quantity: 1 },
    ];
    expect(after((state) => show(state, 2, items))).toEqual([
      'customer 7 (asking) was shown 1 of product 5 in a cart up to 2; due was nothing that was sent',
    ]);
  });

  it('finds a cart that goes back', () => {
    const model = busyShop();
    model.putCart(7, 3, 4, 'ok');
    model.getCart(7);
    model.getCart(7);
    const state = caseOf(model);
    const last = state.operations.at(-1);
    if (last === undefined) throw new Error('no operations');
    replace(state, last, {
      input: { customerId: 7, minSeq: 0 },
      output: { seq: 2, items: [{ sku: 3, quantity: 1 }] },
    });
    expect(check('read-your-writes', state).findings[0]?.message).toMatch(
      /was shown a cart up to 2 after one up to 3/,
    );
  });

  it('accepts a change of unknown outcome, shown or not', () => {
    for (const fate of ['infoDone', 'infoNotDone'] as const) {
      const model = busyShop();
      model.putCart(7, 3, 9, fate);
      model.getCart(7);
      expect(check('read-your-writes', caseOf(model)).answer).toBe('holds');
    }
  });
});
