import { z } from 'zod';
import type { Authenticate } from '../service/authentication.ts';
import { integerText } from '../service/integer-text.ts';
import { json, problem } from '../service/problem.ts';
import { publicRoute, type Route } from '../service/route.ts';
import type { Recommend } from './recommend.ts';

export interface RecommendationParts {
  readonly recommend: Recommend;
  readonly authenticate: Authenticate;
  /** What the customer bought last. */
  readonly recentProducts: (customerId: number) => Promise<readonly number[]>;
}

const input = z.object({
  query: z.strictObject({
    productId: integerText(1, 2_147_483_647).optional(),
    limit: integerText(1, 20).default(8),
  }),
});

/** For a product, else for what the session's customer bought last, else what sells best. */
export function recommendationRoutes(parts: RecommendationParts): readonly Route[] {
  const { recommend, authenticate, recentProducts } = parts;
  return [
    publicRoute({
      method: 'get',
      path: '/api/recommendations',
      input,
      handle: async ({ query: { productId, limit } }, { headers: { authorization } }) => {
        let productIds: readonly number[] = productId === undefined ? [] : [productId];
        if (productId === undefined && authorization !== undefined) {
          const identity = await authenticate(authorization);
          // Silently somebody else's page would hide that the session is over.
          if (identity === undefined) return problem('unauthenticated', 'The session is not valid.');
          productIds = await recentProducts(identity.customerId);
        }
        const { items, basis, isDegraded } = await recommend(productIds, limit);
        return json(200, { items, basis }, isDegraded ? { 'x-degraded': 'popular' } : {});
      },
    }),
  ];
}
