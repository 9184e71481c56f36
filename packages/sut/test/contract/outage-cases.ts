import { randomInt } from 'node:crypto';
import { type ContractCase, RETRY_AFTER } from './contract-case.ts';
import { cartRequest, orderRequest } from './contract-world.ts';

/** What a customer is told while a store stands still: that it does not work now, soon enough, and nothing untrue. */
export const outageCases: readonly ContractCase[] = [
  {
    route: 'GET /api/product',
    status: 503,
    given: 'a product that no cache holds',
    without: 'mariadb',
    request: () => ({ path: `/api/product?id=${randomInt(5_000, 9_000)}` }),
    problem: 'store-unavailable',
  },
  {
    route: 'GET /api/products',
    status: 503,
    given: 'a word',
    without: 'mariadb',
    request: () => ({ path: '/api/products?q=chair' }),
    problem: 'store-unavailable',
  },
  {
    route: 'POST /api/orders',
    status: 503,
    given: 'an order',
    without: 'mariadb',
    request: async (world) =>
      orderRequest((await world.someone()).token, { items: [{ sku: 1, quantity: 1 }] }),
    problem: 'store-unavailable',
  },
  ...(
    [
      ['PUT', { quantity: 1, seq: 1 }],
      ['DELETE', { seq: 1 }],
    ] as const
  ).map(
    ([method, body]): ContractCase => ({
      route: `${method} /api/cart/items/:sku`,
      status: 503,
      given: 'an operation that the broker cannot confirm',
      without: 'rabbitmq',
      request: async (world) => cartRequest((await world.someone()).token, 1, body),
      problem: 'not-confirmed',
      headers: RETRY_AFTER,
    }),
  ),
];
