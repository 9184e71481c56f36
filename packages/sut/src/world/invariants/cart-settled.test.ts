import { describe, expect, it } from 'vitest';
import type { ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import { type AuditCase, busyShop, caseOf, check, found, messagesAfter, replace } from './audit-case.ts';
import type { Fate } from './shop-model.ts';

const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('cart-settled', change);

const rowOf = ({ snapshot }: AuditCase, customerId: number): ShopSnapshot['cartItems'][number] =>
  found(snapshot.cartItems.find((row) => row.customerId === customerId));

describe('cart-settled', () => {
  it('finds an acknowledged change that is not in the cart', () => {
    const messages = after((state) => {
      Object.assign(rowOf(state, 7), { quantity: 2, seq: 1, opId: 'op-7-1' });
    });
    expect(messages).toEqual([
      'cart of customer 7, product 3: 1 (seq 2) was acknowledged last, stored are 2 (seq 1, operation id op-7-1)',
    ]);
  });

  it('finds a product that is missing', () => {
    const messages = after(({ snapshot }) => {
      snapshot.cartItems = snapshot.cartItems.filter(({ customerId }) => customerId !== 8);
    });
    expect(messages).toEqual([
      'cart of customer 8, product 4: 1 were acknowledged (seq 1, operation id op-8-1) and none is stored',
    ]);
  });

  it('finds a quantity that the operation did not ask for', () => {
    const messages = after((state) => {
      rowOf(state, 8).quantity = 5;
    });
    expect(messages[0]).toMatch(/^cart of customer 8, product 4: 1 were asked for, stored are 5/);
  });

  it('finds a product that nobody put there', () => {
    const messages = after((state) => {
      state.snapshot.cartItems.push({ ...rowOf(state, 8), sku: 6 });
    });
    expect(messages).toEqual([
      'cart of customer 8, product 6: 1 are stored (operation id op-8-1) and nobody put them there',
    ]);
  });

  it('finds a refused change that is in the cart', () => {
    const messages = after((state) => {
      const refused = found(state.operations.find(({ key }) => key === 'op-7-2'));
      replace(state, refused, { outcome: 'fail', status: 401 });
    });
    expect(messages[0]).toMatch(/2 \(seq 1\) was acknowledged last, stored are 1 \(seq 2/);
  });

  it('finds a cart that is not settled, and one that is settled too far', () => {
    const messages = after(({ snapshot }) => {
      for (const row of snapshot.carts) row.seq = row.customerId === 7 ? 1 : 5;
    });
    expect(messages).toEqual([
      'cart of customer 7 is settled up to seq 1; acknowledged is 2, sent is 2',
      'cart of customer 8 is settled up to seq 5; acknowledged is 1, sent is 1',
    ]);
  });

  it.each<Fate>(['infoDone', 'infoNotDone'])('accepts a newer change with an unknown outcome: %s', (fate) => {
    const model = busyShop();
    model.putCart(7, 3, 9, fate);
    expect(check('cart-settled', caseOf(model)).answer).toBe('holds');
  });

  it('finds an unknown change that won over a newer acknowledged one', () => {
    const model = busyShop();
    model.putCart(7, 3, 9, 'infoNotDone');
    model.putCart(7, 3, 4, 'ok');
    const state = caseOf(model);
    Object.assign(rowOf(state, 7), { quantity: 9, seq: 3, opId: 'op-7-3' });
    expect(check('cart-settled', state).answer).toBe('violated');
  });

  it('accepts a removed product as a missing row and as a row of none', () => {
    const model = busyShop();
    model.putCart(8, 4, 0, 'ok');
    const state = caseOf(model);
    expect(check('cart-settled', state).answer).toBe('holds');
    state.snapshot.cartItems = state.snapshot.cartItems.filter(({ customerId }) => customerId !== 8);
    expect(check('cart-settled', state).answer).toBe('holds');
  });
});
