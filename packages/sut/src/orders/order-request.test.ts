import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashOfRequest, idempotencyKey, type OrderLine, orderRequestSchema } from './order-request.ts';

const lines = fc.uniqueArray(
  fc.record({ sku: fc.integer({ min: 1, max: 10_000 }), quantity: fc.integer({ min: 1, max: 99 }) }),
  { minLength: 1, maxLength: 20, selector: (line) => line.sku },
);

const hashOf = (items: readonly OrderLine[]): string =>
  hashOfRequest(orderRequestSchema.parse({ items })).toString('hex');

const hashOfCart = (cartSeq: number): string =>
  hashOfRequest(orderRequestSchema.parse({ cartSeq })).toString('hex');

const sorted = (items: readonly OrderLine[]): string =>
  JSON.stringify(items.toSorted((left, right) => left.sku - right.sku));

it('takes the same items in another order for the same request', () => {
  fc.assert(
    fc.property(lines, (items) => {
      expect(hashOf(items.toReversed())).toBe(hashOf(items));
    }),
  );
});

it('tells any two different requests apart', () => {
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      fc.pre(sorted(left) !== sorted(right));
      expect(hashOf(left)).not.toBe(hashOf(right));
    }),
  );
  expect(hashOfCart(1)).not.toBe(hashOfCart(2));
});

it('takes 1 to 128 visible characters for a key', () => {
  expect(idempotencyKey('k')).toBe('k');
  expect(idempotencyKey('k'.repeat(128))).toBe('k'.repeat(128));
  for (const bad of [undefined, '', ' ', 'a b', 'k'.repeat(129), 'ä', ['a', 'b']]) {
    expect(idempotencyKey(bad)).toBeUndefined();
  }
});
