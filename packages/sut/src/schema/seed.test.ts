import { expect, it } from 'vitest';
import { seedProducts } from './seed.ts';

it('makes the same products for the same seed', () => {
  expect(seedProducts(200, 1)).toEqual(seedProducts(200, 1));
  expect(seedProducts(200, 1)).not.toEqual(seedProducts(200, 2));
});

it('numbers them from 1, names each its own, and prices them within the range', () => {
  const products = seedProducts(10_000, 1);
  expect(products.map((product) => product.id)).toEqual(products.map((_, index) => index + 1));
  expect(new Set(products.map((product) => product.name)).size).toBe(10_000);
  for (const { name, description, priceCents } of products) {
    expect(name.length).toBeLessThanOrEqual(120);
    expect(description.length).toBeLessThanOrEqual(500);
    expect(priceCents).toBeGreaterThanOrEqual(99);
    expect(priceCents).toBeLessThanOrEqual(49_999);
  }
});
