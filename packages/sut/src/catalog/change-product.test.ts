import { describe, expect, it } from 'vitest';
import { productChangeSchema } from './change-product.ts';

const fits = (body: unknown): boolean => productChangeSchema.safeParse(body).success;

describe('a change of a product', () => {
  it.each([
    { priceCents: 1 },
    { stockDelta: -5 },
    { name: 'Mug', description: '' },
    { priceCents: 2_147_483_647, ifVersion: 3 },
  ])('may be %j', (body) => {
    expect(fits(body)).toBe(true);
  });

  it.each([
    {},
    { ifVersion: 3 },
    { priceCents: 0 },
    { priceCents: 1.5 },
    { priceCents: '5' },
    { priceCents: 2_147_483_648 },
    { stockDelta: 0 },
    { stockDelta: 1_000_001 },
    { name: '   ' },
    { name: 'x'.repeat(121) },
    { available: 5 },
    { version: 2, priceCents: 5 },
  ])('may not be %j', (body) => {
    expect(fits(body)).toBe(false);
  });
});
