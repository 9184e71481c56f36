import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ContractCase, RETRY_AFTER } from './contract-case.ts';
import { expectStatus, orderRequest, UNKNOWN_SKU } from './contract-world.ts';
import { own } from './orders-of.ts';
import { sagaCases } from './saga-cases.ts';

const line = z.strictObject({ sku: z.int(), quantity: z.int().positive(), priceCents: z.int().positive() });
const order = z.strictObject({
  orderId: z.guid(),
  status: z.string(),
  totalCents: z.int().nonnegative(),
  items: z.array(line).min(1),
  review: z.string().optional(),
});
const ONE = { items: [{ sku: 1, quantity: 1 }] };
/** Of a product whose stock a case takes away, so that no other case buys it. */
const EMPTIED_SKU = 4_321;

export const orderCases: readonly ContractCase[] = [
  {
    route: 'POST /api/orders',
    status: 201,
    given: 'items in stock',
    request: async (world) => orderRequest((await world.someone()).token, ONE),
    body: order,
  },
  {
    route: 'POST /api/orders',
    status: 201,
    given: 'the same request again',
    request: async (world) => {
      const { token } = await world.someone();
      const request = orderRequest(token, ONE);
      await expectStatus(world.send, 201, 'POST', request);
      return request;
    },
    body: order,
  },
  {
    route: 'POST /api/orders',
    status: 201,
    given: 'a cart that has settled',
    request: async (world) => {
      const { token } = await world.someone();
      return orderRequest(token, { cartSeq: await world.settledCart(token) });
    },
    body: order,
  },
  {
    route: 'POST /api/orders',
    status: 400,
    given: 'no key',
    request: async (world) => ({ path: '/api/orders', token: (await world.someone()).token, body: ONE }),
    problem: 'key-missing',
  },
  {
    route: 'POST /api/orders',
    status: 400,
    given: 'a body that is no JSON',
    request: async (world) => ({ path: '/api/orders', token: (await world.someone()).token, text: '{' }),
    problem: 'malformed-body',
  },
  {
    route: 'POST /api/orders',
    status: 409,
    given: 'more than is in stock',
    request: async (world) => {
      const { body } = await expectStatus(world.send, 200, 'GET', { path: `/api/product?id=${EMPTIED_SKU}` });
      const { available } = body as { readonly available: number };
      const path = `/api/products/${EMPTIED_SKU}`;
      if (available > 0) {
        const change = { path, token: world.adminToken, body: { stockDelta: -available } };
        await expectStatus(world.send, 200, 'PATCH', change);
      }
      return orderRequest((await world.someone()).token, { items: [{ sku: EMPTIED_SKU, quantity: 1 }] });
    },
    problem: 'out-of-stock',
    members: ['sku'],
  },
  {
    route: 'POST /api/orders',
    status: 409,
    given: 'a cart that has not settled',
    request: async (world) => orderRequest((await world.someone()).token, { cartSeq: 99 }),
    problem: 'cart-unsettled',
    members: ['seq'],
    headers: RETRY_AFTER,
  },
  {
    route: 'POST /api/orders',
    status: 413,
    given: 'a body of 64 KiB',
    request: async (world) => ({
      path: '/api/orders',
      token: (await world.someone()).token,
      text: JSON.stringify({ padding: 'x'.repeat(65_536) }),
    }),
    problem: 'body-too-large',
  },
  {
    route: 'POST /api/orders',
    status: 422,
    given: 'a key that was used with another body',
    request: async (world) => {
      const { token } = await world.someone();
      const key = randomUUID();
      await expectStatus(world.send, 201, 'POST', orderRequest(token, ONE, key));
      return orderRequest(token, { items: [{ sku: 2, quantity: 1 }] }, key);
    },
    problem: 'key-reused',
  },
  {
    route: 'POST /api/orders',
    status: 422,
    given: 'a product that there is not',
    request: async (world) =>
      orderRequest((await world.someone()).token, { items: [{ sku: UNKNOWN_SKU, quantity: 1 }] }),
    problem: 'unknown-product',
    members: ['sku'],
  },
  {
    route: 'POST /api/orders',
    status: 504,
    given: 'a caller who does not wait any longer',
    request: async (world) => {
      const request = orderRequest((await world.someone()).token, ONE);
      return { ...request, headers: { ...request.headers, 'x-deadline-ms': '0' } };
    },
    problem: 'deadline-passed',
  },
  {
    route: 'GET /api/orders/:id',
    status: 200,
    given: 'an order of one’s own',
    request: (world) => own(world, ''),
    body: order,
  },
  ...sagaCases,
];
