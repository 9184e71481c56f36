import type { ContractCase } from './contract-case.ts';
import { type ContractWorld, UNKNOWN_ID } from './contract-world.ts';

/** A request that is right but for whatever a case makes wrong about it. */
interface PlainRequest {
  readonly route: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const KEY = { 'idempotency-key': 'contract' };
const OP = { seq: 1, opId: UNKNOWN_ID };

/** Every route for which somebody has to be logged in. */
const customerRoutes: readonly PlainRequest[] = [
  { route: 'DELETE /api/auth/session', path: '/api/auth/session' },
  { route: 'DELETE /api/auth/sessions', path: '/api/auth/sessions' },
  { route: 'GET /api/profile', path: '/api/profile' },
  { route: 'PATCH /api/profile', path: '/api/profile', body: { name: 'Ada' } },
  { route: 'POST /api/profile/mfa', path: '/api/profile/mfa', body: { password: 'x' } },
  {
    route: 'POST /api/profile/mfa/confirmation',
    path: '/api/profile/mfa/confirmation',
    body: { code: '000000' },
  },
  { route: 'DELETE /api/profile/mfa', path: '/api/profile/mfa', body: { password: 'x' } },
  { route: 'PUT /api/cart/items/:sku', path: '/api/cart/items/1', body: { quantity: 1, ...OP } },
  { route: 'DELETE /api/cart/items/:sku', path: '/api/cart/items/1', body: OP },
  { route: 'GET /api/cart', path: '/api/cart' },
  {
    route: 'POST /api/orders',
    path: '/api/orders',
    body: { items: [{ sku: 1, quantity: 1 }] },
    headers: KEY,
  },
  { route: 'GET /api/orders/:id', path: `/api/orders/${UNKNOWN_ID}` },
  {
    route: 'POST /api/orders/:id/payments',
    path: `/api/orders/${UNKNOWN_ID}/payments`,
    body: { cardToken: 't' },
  },
  { route: 'POST /api/orders/:id/cancellations', path: `/api/orders/${UNKNOWN_ID}/cancellations`, body: {} },
];

/** Every route that only an admin may use. */
const adminRoutes: readonly PlainRequest[] = [
  { route: 'PATCH /api/products/:id', path: '/api/products/1', body: { priceCents: 100 } },
  { route: 'POST /api/orders/:id/shipments', path: `/api/orders/${UNKNOWN_ID}/shipments`, body: {} },
  {
    route: 'POST /api/orders/:id/reviews',
    path: `/api/orders/${UNKNOWN_ID}/reviews`,
    body: { decision: 'approve' },
  },
];

const isAdmin = (one: PlainRequest): boolean => adminRoutes.includes(one);
const rightToken = async (one: PlainRequest, world: ContractWorld): Promise<string> =>
  isAdmin(one) ? world.adminToken : (await world.someone()).token;

/** What holds for every route that asks who is calling. */
export const generalCases: readonly ContractCase[] = [
  ...[...customerRoutes, ...adminRoutes].map(
    ({ route, ...request }): ContractCase => ({
      route,
      status: 401,
      given: 'no session',
      request: () => request,
      problem: 'unauthenticated',
    }),
  ),
  ...adminRoutes.map(
    ({ route, ...request }): ContractCase => ({
      route,
      status: 403,
      given: 'a session of a customer',
      request: async (world) => ({ ...request, token: (await world.someone()).token }),
      problem: 'forbidden',
    }),
  ),
  ...[...customerRoutes, ...adminRoutes]
    .filter(({ body }) => body !== undefined && Object.keys(body).length > 0)
    .map(
      (one): ContractCase => ({
        route: one.route,
        status: 400,
        given: 'a body that lacks what is needed',
        request: async (world) => ({
          path: one.path,
          token: await rightToken(one, world),
          body: { unheardOf: true },
          ...(one.headers === undefined ? {} : { headers: one.headers }),
        }),
        problem: 'invalid-request',
        members: ['errors'],
      }),
    ),
];
