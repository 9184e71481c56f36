import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import type { Policy } from '../policy/policy.ts';
import type { Authenticate } from '../service/authentication.ts';
import type { Database } from '../service/database/database.ts';
import { integerText } from '../service/integer-text.ts';
import { type Answer, json, problem } from '../service/problem.ts';
import { customerRoute, type Route } from '../service/route.ts';
import { unreachable } from '../service/unreachable.ts';
import type { ProductCache } from './cache.ts';
import { type Change, changeProduct, productChangeSchema } from './change-product.ts';

export interface AdminParts {
  readonly database: Database;
  readonly authenticate: Authenticate;
  readonly cache: Pick<ProductCache, 'voidOlder'>;
  readonly policy: Policy;
}

const changeInput = z.object({
  params: z.strictObject({ id: integerText(1, 2_147_483_647) }),
  body: productChangeSchema,
});

/** What only an admin may do to the catalogue. */
export function adminRoutes({ database, authenticate, cache, policy }: AdminParts): readonly Route[] {
  return [
    customerRoute(authenticate, {
      method: 'patch',
      path: '/api/products/:id',
      role: 'admin',
      input: changeInput,
      handle: async ({ params: { id }, body }, { identity, log }) => {
        const change = await changeProduct(database, id, body, identity.customerId);
        if (change.kind === 'changed') {
          const { version } = change.product;
          log.info({ productId: id, version, changedBy: identity.customerId }, 'product changed');
          // So that the admin sees it at once. The message in the outbox does it again, until it has worked.
          await policy
            .execute(() => cache.voidOlder(id, version))
            .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'cache not voided yet'));
        }
        return answerTo(change, id);
      },
    }),
  ];
}

function answerTo(change: Change, id: number): Answer {
  switch (change.kind) {
    case 'changed':
      return json(200, change.product);
    case 'notFound':
      return problem('not-found', `There is no product ${id}.`);
    case 'otherVersion':
      return problem('product-changed', `Product ${id} has version ${change.version} by now.`, {
        members: { version: change.version },
      });
    case 'stockShort':
      return problem('out-of-stock', `Only ${change.available} of ${id} are left to take away.`, {
        members: { sku: id, available: change.available },
      });
    case 'stockFull':
      return problem('invalid-request', 'body.stockDelta: there would be more than can be counted', {
        members: {
          errors: [{ field: 'body.stockDelta', message: 'there would be more than can be counted' }],
        },
      });
    default:
      return unreachable(change);
  }
}
