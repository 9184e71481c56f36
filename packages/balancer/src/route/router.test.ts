import { expect, it } from 'vitest';
import { createRouter } from './router.ts';

const router = createRouter([
  { name: 'front', prefixes: ['/'] },
  { name: 'catalog', prefixes: ['/api/product', '/api/products'] },
  { name: 'orders', prefixes: ['/api/orders', '/api/product/reviews/'] },
]);

it.each([
  ['/', 'front'],
  ['/api', 'front'],
  ['/api/product', 'catalog'],
  ['/api/product/17', 'catalog'],
  ['/api/products', 'catalog'],
  ['/api/productivity', 'front'],
  ['/api/product/reviews', 'catalog'],
  ['/api/product/reviews/3', 'orders'],
  ['/api/orders/1/payments', 'orders'],
])('sends %s to %s', (path, name) => {
  expect(router.find(path)?.pool.name).toBe(name);
});

it('finds nothing where no prefix covers the path', () => {
  const narrow = createRouter([{ name: 'orders', prefixes: ['/api/orders'] }]);
  expect(narrow.find('/api/ordersx')).toBeUndefined();
  expect(narrow.find('*')).toBeUndefined();
});
