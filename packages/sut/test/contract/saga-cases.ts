import { z } from 'zod';
import type { ContractCase } from './contract-case.ts';
import { expectStatus, UNKNOWN_ID } from './contract-world.ts';
import { own, settled } from './orders-of.ts';

const step = (...statuses: string[]) => z.strictObject({ orderId: z.guid(), status: z.enum(statuses) });

/** What becomes of an order after it was made. */
export const sagaCases: readonly ContractCase[] = sagaCasesWith({ cardToken: 'tok_visa' });

function sagaCasesWith(card: object): readonly ContractCase[] {
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
