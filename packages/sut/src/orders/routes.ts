import { z } from 'zod';
import type { Authenticate } from '../service/authentication.ts';
import type { Database } from '../service/database/database.ts';
import { type Answer, json, problem } from '../service/problem.ts';
import { customerRoute, type Route } from '../service/route.ts';
import { unreachable } from '../service/unreachable.ts';
import { type Cancellation, cancelOrder } from './cancel-order.ts';
import { type Creation, createOrder } from './create-order.ts';
import { idempotencyKey, orderRequestSchema } from './order-request.ts';
import { readOrder, type StoredOrder } from './read-order.ts';
import { paymentRequestSchema, requestPayment } from './request-payment.ts';
import { reviewOrder } from './review-order.ts';
import { shipOrder } from './ship-order.ts';

const params = z.strictObject({ id: z.guid().toLowerCase() });
const createInput = z.object({ body: orderRequestSchema });
const orderInput = z.object({ params });
const reviewInput = z.object({ params, body: z.strictObject({ decision: z.enum(['approve', 'reject']) }) });
const paymentInput = z.object({ params, body: paymentRequestSchema.pick({ cardToken: true }).strict() });

export function orderRoutes(database: Database, authenticate: Authenticate): readonly Route[] {
  return [
    customerRoute(authenticate, {
      method: 'post',
      path: '/api/orders',
      input: createInput,
      handle: async ({ body }, { identity, headers }) => {
        const key = idempotencyKey(headers['idempotency-key']);
        if (key === undefined) {
          return problem('key-missing', 'Send a unique key of 1 to 128 visible ASCII characters.');
        }
        const { customerId } = identity;
        return answerTo(await createOrder(database, { customerId, key, request: body }));
      },
    }),
    customerRoute(authenticate, {
      method: 'get',
      path: '/api/orders/:id',
      input: orderInput,
      handle: async ({ params: { id } }, { identity }) => {
        const order = await readOrder(database, id);
        if (order === undefined || order.customerId !== identity.customerId) return noSuchOrder(id);
        const { orderId, status, totalCents, items, review } = order;
        return json(200, { orderId, status, totalCents, items, ...(review === null ? {} : { review }) });
      },
    }),
    customerRoute(authenticate, {
      method: 'post',
      path: '/api/orders/:id/payments',
      input: paymentInput,
      handle: async ({ params: { id }, body }, { identity }) => {
        const answer = await requestPayment(database, identity.customerId, id, body.cardToken);
        switch (answer.kind) {
          case 'accepted':
            return json(202, { orderId: id, status: answer.status });
          case 'declined':
            return problem('payment-declined', 'The card was refused and the order cancelled.', {
              members: { orderStatus: 'CANCELLED' },
            });
          case 'wrongState':
            return problem('wrong-state', `The order is ${answer.status}.`, {
              members: { orderStatus: answer.status },
            });
          case 'notFound':
            return noSuchOrder(id);
          default:
            return unreachable(answer);
        }
      },
    }),
    shipmentRoute(database, authenticate),
    cancellationRoute(database, authenticate),
    reviewRoute(database, authenticate),
  ];
}

function shipmentRoute(database: Database, authenticate: Authenticate): Route {
  return customerRoute(authenticate, {
    method: 'post',
    path: '/api/orders/:id/shipments',
    role: 'admin',
    input: orderInput,
    handle: async ({ params: { id } }) => {
      const shipment = await shipOrder(database, id);
      switch (shipment.kind) {
        case 'shipped':
          return json(202, { orderId: id, status: 'SHIPPED' });
        case 'underReview':
          return problem('under-review', 'Somebody has to approve the order before it can be shipped.');
        case 'wrongState':
          return problem('wrong-state', `The order is ${shipment.status}; only a paid one can be shipped.`, {
            members: { orderStatus: shipment.status },
          });
        case 'notFound':
          return noSuchOrder(id);
        default:
          return unreachable(shipment);
      }
    },
  });
}

function cancellationRoute(database: Database, authenticate: Authenticate): Route {
  return customerRoute(authenticate, {
    method: 'post',
    path: '/api/orders/:id/cancellations',
    input: orderInput,
    handle: async ({ params: { id } }, { identity }) => {
      const { customerId, role } = identity;
      const mayCancel = (order: StoredOrder): boolean => role === 'admin' || order.customerId === customerId;
      return answerToCancellation(id, await cancelOrder(database, id, mayCancel));
    },
  });
}

function reviewRoute(database: Database, authenticate: Authenticate): Route {
  return customerRoute(authenticate, {
    method: 'post',
    path: '/api/orders/:id/reviews',
    role: 'admin',
    input: reviewInput,
    handle: async ({ params: { id }, body }) => {
      const outcome = await reviewOrder(database, id, body.decision);
      switch (outcome.kind) {
        case 'approved':
          return json(200, { orderId: id, review: 'approved' });
        case 'rejected':
          return answerToCancellation(id, outcome.cancellation);
        case 'noReview':
          return problem('wrong-state', 'No review of this order is asked for.');
        default:
          return unreachable(outcome);
      }
    },
  });
}

/** 200 where it has ended, 202 where money is on its way back. */
function answerToCancellation(id: string, cancellation: Cancellation): Answer {
  switch (cancellation.kind) {
    case 'cancelled': {
      const { status } = cancellation;
      return json(status === 'REFUNDING' ? 202 : 200, { orderId: id, status });
    }
    case 'wrongState':
      return problem('wrong-state', `The order is ${cancellation.status}; it cannot be cancelled any more.`, {
        members: { orderStatus: cancellation.status },
      });
    case 'notFound':
      return noSuchOrder(id);
    default:
      return unreachable(cancellation);
  }
}

function noSuchOrder(id: string): Answer {
  return problem('not-found', `There is no order ${id} of yours.`);
}

function answerTo(creation: Creation): Answer {
  switch (creation.kind) {
    case 'created':
      return json(201, creation.order);
    case 'keyReused':
      return problem('key-reused', 'A key belongs to one request: send another body with another key.');
    case 'inFlight':
      return problem('request-in-flight', 'Send the same request again for its answer.', {
        retryAfterSeconds: 1,
      });
    case 'outOfStock':
      return problem('out-of-stock', `There is not enough of ${creation.sku}.`, {
        members: { sku: creation.sku },
      });
    case 'unknownProduct':
      return problem('unknown-product', `There is no product ${creation.sku}.`, {
        members: { sku: creation.sku },
      });
    case 'cartUnsettled':
      return problem('cart-unsettled', `The cart has settled up to ${creation.seq} only.`, {
        retryAfterSeconds: 1,
        members: { seq: creation.seq },
      });
    case 'cartEmpty':
      return problem('cart-empty', 'Put something into the cart first.');
    default:
      return unreachable(creation);
  }
}
