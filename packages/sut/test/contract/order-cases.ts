import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ContractCase, RETRY_AFTER } from './contract-case.ts';
import { type ContractWorld, expectStatus, orderRequest, UNKNOWN_ID, UNKNOWN_SKU } from './contract-world.ts';

const line = z.strictObject({ sku: z.int(), quantity: z.int().positive(), priceCents: z.int().positive() });
const order = z.strictObject({
  orderId: z.guid(),
  status: z.string(),
  totalCents: z.int().nonnegative(),
  items: z.array(line).min(1),
  review: z.string().optional(),
});
const step = (...statuses: string[]) => z.strictObject({ orderId: z.guid(), status: z.enum(statuses) });
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
  ...sagaCases(),
];

/** A fresh order of a fresh customer, and what is asked of it. */
async function own(world: ContractWorld, suffix: string, body?: object) {
  const { token } = await world.someone();
  const path = `/api/orders/${await world.order(token)}${suffix}`;
  return body === undefined ? { path, token } : { path, token, body };
}

/** An order that has come to the state, and what is asked of it by its customer, or by the admin. */
async function settled(
  world: ContractWorld,
  { status, cardToken, suffix, body, as }: Settled,
): Promise<{ readonly path: string; readonly token: string; readonly body: object }> {
  const { token } = await world.someone();
  const orderId = await world.orderIn(token, status, cardToken);
  return { path: `/api/orders/${orderId}${suffix}`, token: as === 'admin' ? world.adminToken : token, body };
}

interface Settled {
  readonly status: string;
  readonly cardToken?: string;
  readonly suffix: string;
  readonly body: object;
  readonly as?: 'admin';
}

function sagaCases(): readonly ContractCase[] {
  const card = { cardToken: 'tok_visa' };
  const state = { problem: 'wrong-state', members: ['orderStatus'] } as const;
  const payments = 'POST /api/orders/:id/payments';
  const shipments = 'POST /api/orders/:id/shipments';
  const cancellations = 'POST /api/orders/:id/cancellations';
  const reviews = 'POST /api/orders/:id/reviews';
  return [
    {
      route: payments,
      status: 202,
      given: 'a fresh order',
      request: (world) => own(world, '/payments', card),
      body: step('PAYING', 'PAID'),
    },
    {
      route: payments,
      status: 402,
      given: 'an order whose card was refused',
      request: (world) =>
        settled(world, { status: 'CANCELLED', cardToken: 'tok_declined', suffix: '/payments', body: card }),
      problem: 'payment-declined',
    },
    {
      route: payments,
      status: 409,
      given: 'an order that was cancelled',
      request: async (world) => {
        const { path, token } = await own(world, '');
        await expectStatus(world.send, 200, 'POST', { path: `${path}/cancellations`, token, body: {} });
        return { path: `${path}/payments`, token, body: card };
      },
      ...state,
    },
    {
      route: shipments,
      status: 202,
      given: 'an order that is paid',
      request: (world) => settled(world, { status: 'PAID', suffix: '/shipments', body: {}, as: 'admin' }),
      body: step('SHIPPED'),
    },
    {
      route: shipments,
      status: 409,
      given: 'an order that is not paid',
      request: async (world) => ({ ...(await own(world, '/shipments', {})), token: world.adminToken }),
      ...state,
    },
    {
      route: cancellations,
      status: 200,
      given: 'a fresh order',
      request: (world) => own(world, '/cancellations', {}),
      body: step('CANCELLED'),
    },
    {
      route: cancellations,
      status: 202,
      given: 'an order that is paid',
      request: (world) => settled(world, { status: 'PAID', suffix: '/cancellations', body: {} }),
      body: step('REFUNDING'),
    },
    {
      route: cancellations,
      status: 409,
      given: 'an order that was shipped',
      request: async (world) => {
        const paid = await settled(world, { status: 'PAID', suffix: '', body: {} });
        const shipment = { path: `${paid.path}/shipments`, token: world.adminToken, body: {} };
        await expectStatus(world.send, 202, 'POST', shipment);
        return { ...paid, path: `${paid.path}/cancellations` };
      },
      ...state,
    },
    {
      route: reviews,
      status: 409,
      given: 'an order that no review was asked for',
      request: async (world) => ({
        ...(await own(world, '/reviews', { decision: 'approve' })),
        token: world.adminToken,
      }),
      problem: 'wrong-state',
    },
    {
      route: reviews,
      status: 200,
      given: 'a fresh order that is rejected',
      request: async (world) => ({
        ...(await own(world, '/reviews', { decision: 'reject' })),
        token: world.adminToken,
      }),
      body: step('CANCELLED'),
    },
    {
      route: reviews,
      status: 202,
      given: 'a paid order that is rejected',
      request: (world) =>
        settled(world, { status: 'PAID', suffix: '/reviews', body: { decision: 'reject' }, as: 'admin' }),
      body: step('REFUNDING'),
    },
    ...foreignCases(card),
    ...(
      [
        ['GET /api/orders/:id', ''],
        [payments, '/payments'],
        [shipments, '/shipments'],
        [cancellations, '/cancellations'],
      ] as const
    ).map(
      ([route, suffix]): ContractCase => ({
        route,
        status: 400,
        given: 'an id that is none',
        request: async (world) => ({
          path: `/api/orders/first${suffix}`,
          token: route === shipments ? world.adminToken : (await world.someone()).token,
          ...(suffix === '' ? {} : { body: suffix === '/payments' ? card : {} }),
        }),
        problem: 'invalid-request',
        members: ['errors'],
      }),
    ),
    {
      route: shipments,
      status: 404,
      given: 'no such order',
      request: ({ adminToken }) => ({
        path: `/api/orders/${UNKNOWN_ID}/shipments`,
        token: adminToken,
        body: {},
      }),
      problem: 'not-found',
    },
  ];
}

/** An order of somebody else is not there: not even its existence is told. */
function foreignCases(card: object): readonly ContractCase[] {
  return (
    [
      ['GET', '', undefined],
      ['POST', '/payments', card],
      ['POST', '/cancellations', {}],
    ] as const
  ).map(
    ([method, suffix, body]): ContractCase => ({
      route: `${method} /api/orders/:id${suffix}`,
      status: 404,
      given: 'an order of somebody else',
      request: async (world) => {
        const theirs = await own(world, suffix, body);
        return { ...theirs, token: (await world.customer()).token };
      },
      problem: 'not-found',
    }),
  );
}
