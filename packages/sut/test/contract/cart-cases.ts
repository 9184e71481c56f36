import { z } from 'zod';
import { type ContractCase, RETRY_AFTER } from './contract-case.ts';
import { cartRequest, UNKNOWN_SKU } from './contract-world.ts';

const accepted = z.strictObject({ seq: z.int().positive() });
const cart = z.strictObject({
  seq: z.int().nonnegative(),
  items: z.array(
    z.strictObject({ sku: z.int(), quantity: z.int().positive(), priceCents: z.int().positive() }),
  ),
  totalCents: z.int().nonnegative(),
});

export const cartCases: readonly ContractCase[] = [
  ...(
    [
      ['PUT', { quantity: 2, seq: 1 }],
      ['DELETE', { seq: 2 }],
    ] as const
  ).flatMap(([method, body]): readonly ContractCase[] => [
    {
      route: `${method} /api/cart/items/:sku`,
      status: 202,
      given: 'a product',
      request: async (world) => cartRequest((await world.customer()).token, 1, body),
      body: accepted,
    },
    {
      route: `${method} /api/cart/items/:sku`,
      status: 404,
      given: 'no such product',
      request: async (world) => cartRequest((await world.customer()).token, UNKNOWN_SKU, body),
      problem: 'not-found',
    },
  ]),
  {
    route: 'GET /api/cart',
    status: 200,
    given: 'an operation that has settled',
    request: async (world) => {
      const { token } = await world.customer();
      return { path: `/api/cart?minSeq=${await world.settledCart(token)}`, token };
    },
    body: cart,
  },
  {
    route: 'GET /api/cart',
    status: 400,
    given: 'a minSeq that is no number',
    request: async (world) => ({ path: '/api/cart?minSeq=last', token: (await world.customer()).token }),
    problem: 'invalid-request',
    members: ['errors'],
  },
  {
    route: 'GET /api/cart',
    status: 409,
    given: 'a minSeq that nothing has settled up to',
    request: async (world) => ({ path: '/api/cart?minSeq=99', token: (await world.customer()).token }),
    problem: 'cart-unsettled',
    members: ['seq'],
    headers: RETRY_AFTER,
  },
];
