import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Authenticate } from '../service/authentication.ts';
import type { Publisher } from '../service/broker/publisher.ts';
import type { Session } from '../service/database/database.ts';
import { integerText } from '../service/integer-text.ts';
import { type Answer, json, problem } from '../service/problem.ts';
import { type Call, customerRoute, type Route } from '../service/route.ts';
import { readCart } from './cart.ts';
import {
  type CartOperation,
  operationIdSchema,
  quantitySchema,
  seqSchema,
  skuSchema,
} from './cart-operation.ts';
import type { KnowsProduct } from './known-products.ts';

export interface CartParts {
  readonly authenticate: Authenticate;
  readonly database: Session;
  readonly publisher: Publisher;
  readonly knowsProduct: KnowsProduct;
}

const params = z.strictObject({ sku: skuSchema });
const putInput = z.object({
  params,
  body: z.strictObject({ quantity: quantitySchema, seq: seqSchema, opId: operationIdSchema }),
});
const deleteInput = z.object({ params, body: z.strictObject({ seq: seqSchema, opId: operationIdSchema }) });
const getInput = z.object({
  query: z.strictObject({ minSeq: integerText(0, Number.MAX_SAFE_INTEGER).default(0) }),
});

export function cartRoutes(parts: CartParts): readonly Route[] {
  const { authenticate } = parts;
  return [
    customerRoute(authenticate, {
      method: 'put',
      path: '/api/cart/items/:sku',
      input: putInput,
      handle: ({ params: { sku }, body }, call) =>
        submit(parts, call, { customerId: call.identity.customerId, sku, ...body }),
    }),
    customerRoute(authenticate, {
      method: 'delete',
      path: '/api/cart/items/:sku',
      input: deleteInput,
      handle: ({ params: { sku }, body }, call) =>
        submit(parts, call, { customerId: call.identity.customerId, sku, quantity: 0, ...body }),
    }),
    customerRoute(authenticate, {
      method: 'get',
      path: '/api/cart',
      input: getInput,
      handle: async ({ query: { minSeq } }, { identity }) => {
        const { seq, items } = await readCart(parts.database, identity.customerId);
        if (seq < minSeq) {
          return problem('cart-unsettled', `The cart has settled up to ${seq}, not yet up to ${minSeq}.`, {
            retryAfterSeconds: 1,
            members: { seq },
          });
        }
        const totalCents = items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
        return json(200, { seq, items, totalCents });
      },
    }),
  ];
}

/** Accepted means: on its way for good. Only the broker's confirm says so. */
async function submit(parts: CartParts, call: Call, operation: CartOperation): Promise<Answer> {
  if (!(await parts.knowsProduct(operation.sku))) {
    return problem('not-found', `There is no product ${operation.sku}.`);
  }
  const outcome = await parts.publisher.publish('cart', { messageId: randomUUID(), payload: operation });
  if (outcome.kind === 'confirmed') return json(202, { seq: operation.seq });
  call.log.warn({ outcome, seq: operation.seq }, 'cart operation not confirmed');
  const detail =
    outcome.kind === 'refused'
      ? 'It was not accepted. Try again with the same seq and opId.'
      : 'It may or may not take effect. Trying again with the same seq and opId is safe.';
  return problem('not-confirmed', detail, { retryAfterSeconds: 1 });
}
