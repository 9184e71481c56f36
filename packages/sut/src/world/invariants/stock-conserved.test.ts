import { describe, expect, it } from 'vitest';
import type { ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import { type AuditCase, found, messagesAfter, orderOf } from './audit-case.ts';

const after = (change: (state: AuditCase) => void): readonly string[] =>
  messagesAfter('stock-conserved', change);

const stockOf = ({ snapshot }: AuditCase, productId: number): ShopSnapshot['stock'][number] =>
  found(snapshot.stock.find((row) => row.productId === productId));

describe('stock-conserved', () => {
  it('finds goods that vanished', () => {
    const messages = after((state) => {
      stockOf(state, 3).available -= 1;
    });
    expect(messages[0]).toBe(
      'product 3: initial 1000 is not available + reserved + sold (available 996, reserved 1, sold 2)',
    );
  });

  it('finds a negative counter', () => {
    const messages = after((state) => {
      Object.assign(stockOf(state, 5), { initial: 1, available: -1, reserved: 2 });
    });
    expect(messages[0]).toMatch(/^product 5: a counter is negative \(available -1/);
  });

  it('finds counters that do not follow from the moves', () => {
    const messages = after(({ snapshot }) => {
      snapshot.stockMoves = snapshot.stockMoves.filter(({ kind }) => kind !== 'release');
    });
    expect(messages).toEqual([
      'product 4: the 1 moves give available 999, reserved 1, sold 0, stored is available 1000, reserved 0, sold 0',
    ]);
  });

  it('finds a reservation that no open order holds', () => {
    const messages = after((state) => {
      orderOf(state, 'order-3').status = 'CANCELLED';
    });
    expect(messages).toEqual(['product 3: 1 are reserved, open orders hold 0']);
  });

  it('finds goods sold that no paid order holds', () => {
    const messages = after((state) => {
      orderOf(state, 'order-1').status = 'CANCELLED';
    });
    expect(messages).toEqual(['product 3: 2 are sold, paid orders hold 0']);
  });

  it('finds an ordered product without a stock row', () => {
    const messages = after(({ snapshot }) => {
      snapshot.stock = snapshot.stock.filter(({ productId }) => productId !== 4);
    });
    expect(messages).toEqual(['product 4 was moved or ordered and has no stock row']);
  });
});
