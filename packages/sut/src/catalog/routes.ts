import { z } from 'zod';
import type { Session } from '../service/database/database.ts';
import { integerText } from '../service/integer-text.ts';
import { json, problem } from '../service/problem.ts';
import { publicRoute, type Route } from '../service/route.ts';
import { searchProducts, searchWords } from './product.ts';
import type { ProductReader } from './product-reader.ts';

const readInput = z.object({
  query: z.strictObject({ id: integerText(1, 2_147_483_647) }),
});

const searchInput = z.object({
  query: z.strictObject({
    q: z
      .string()
      .max(100)
      .transform(searchWords)
      .refine((words) => words.length > 0, 'needs a word of at least three letters or digits'),
    limit: integerText(1, 100).default(20),
  }),
});

export function catalogRoutes(readProduct: ProductReader, database: Session): readonly Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/api/product',
      input: readInput,
      handle: async ({ query: { id } }) => {
        const { finding, source } = await readProduct(id);
        if (finding.kind === 'absent') return problem('not-found', `There is no product ${id}.`);
        return json(200, finding.product, { 'x-cache': source });
      },
    }),
    publicRoute({
      method: 'get',
      path: '/api/products',
      input: searchInput,
      handle: async ({ query: { q, limit } }) =>
        json(200, { items: await searchProducts(database, q, limit) }),
    }),
  ];
}
