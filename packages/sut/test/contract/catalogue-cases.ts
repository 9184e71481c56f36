import { z } from 'zod';
import type { ContractCase } from './contract-case.ts';
import { expectStatus, UNKNOWN_SKU } from './contract-world.ts';

const cents = z.int().positive();
const product = z.strictObject({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  priceCents: cents,
  available: z.int().nonnegative(),
  version: z.int().positive(),
});
const items = z.array(z.strictObject({ id: z.int(), name: z.string(), priceCents: cents }));
const FROM_CACHE = { 'x-cache': /^(hit|miss|stale)$/ };

export const catalogueCases: readonly ContractCase[] = [
  {
    route: 'GET /api/product',
    status: 200,
    given: 'a product',
    request: () => ({ path: '/api/product?id=17' }),
    body: product,
    headers: FROM_CACHE,
  },
  {
    route: 'GET /api/product',
    status: 404,
    given: 'no such product',
    request: () => ({ path: `/api/product?id=${UNKNOWN_SKU}` }),
    problem: 'not-found',
  },
  {
    route: 'GET /api/product',
    status: 400,
    given: 'an id that is no number',
    request: () => ({ path: '/api/product?id=many' }),
    problem: 'invalid-request',
    members: ['errors'],
  },
  {
    route: 'GET /api/products',
    status: 200,
    given: 'a word',
    request: async ({ send }) => {
      const { body } = await expectStatus(send, 200, 'GET', { path: '/api/product?id=1' });
      const words = (body as { readonly name: string }).name.split(' ');
      const word = words.find(({ length }) => length >= 3) ?? '';
      return { path: `/api/products?q=${encodeURIComponent(word)}` };
    },
    body: z.strictObject({ items }),
  },
  {
    route: 'GET /api/products',
    status: 400,
    given: 'no word',
    request: () => ({ path: '/api/products' }),
    problem: 'invalid-request',
    members: ['errors'],
  },
  {
    route: 'GET /api/recommendations',
    status: 200,
    given: 'a product',
    request: () => ({ path: '/api/recommendations?productId=1' }),
    body: z.strictObject({ items, basis: z.enum(['coPurchases', 'popular']) }),
  },
  {
    route: 'GET /api/recommendations',
    status: 400,
    given: 'more than it gives',
    request: () => ({ path: '/api/recommendations?limit=1000' }),
    problem: 'invalid-request',
    members: ['errors'],
  },
  {
    route: 'GET /api/recommendations',
    status: 401,
    given: 'a session that is over',
    request: () => ({ path: '/api/recommendations', token: 'x'.repeat(43) }),
    problem: 'unauthenticated',
  },
  {
    route: 'PATCH /api/products/:id',
    status: 200,
    given: 'an admin and a new price',
    request: ({ adminToken }) => ({
      path: '/api/products/9',
      token: adminToken,
      body: { priceCents: 1_234 },
    }),
    body: product,
  },
  {
    route: 'PATCH /api/products/:id',
    status: 404,
    given: 'no such product',
    request: ({ adminToken }) => ({
      path: `/api/products/${UNKNOWN_SKU}`,
      token: adminToken,
      body: { priceCents: 1_234 },
    }),
    problem: 'not-found',
  },
  {
    route: 'PATCH /api/products/:id',
    status: 409,
    given: 'a version that is not the present one',
    request: ({ adminToken }) => ({
      path: '/api/products/8',
      token: adminToken,
      body: { priceCents: 1_234, ifVersion: 2_000_000_000 },
    }),
    problem: 'product-changed',
    members: ['version'],
  },
];
