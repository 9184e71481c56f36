import { z } from 'zod';
import type { Session } from '../service/database/database.ts';

export const productSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  description: z.string(),
  priceCents: z.number().int(),
  available: z.number().int(),
  /** Rises with every change by an admin; orders change only `available`. */
  version: z.number().int(),
});

/** What `GET /api/product` answers with. */
export type Product = z.infer<typeof productSchema>;

export interface FoundProduct {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
}

export async function loadProduct(database: Session, id: number): Promise<Product | undefined> {
  const [row] = await database.rows<Product>(
    `SELECT product.id, product.name, product.description, product.price_cents AS priceCents, stock.available,
            product.version
     FROM product JOIN stock ON stock.product_id = product.id
     WHERE product.id = ?`,
    [id],
  );
  return row;
}

/** More words than this make no search any better. */
const WORDS_MAX = 8;

/** Products whose name has a word that begins like each of these. */
export async function searchProducts(
  database: Session,
  words: readonly string[],
  limit: number,
): Promise<readonly FoundProduct[]> {
  const expression = words.map((word) => `+${word}*`).join(' ');
  return database.rows<FoundProduct>(
    `SELECT id, name, price_cents AS priceCents FROM product
     WHERE MATCH (name) AGAINST (? IN BOOLEAN MODE)
     ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [expression],
  );
}

/** Runs of letters and digits. InnoDB's full-text index leaves out words of fewer than three characters. */
const WORD = /[\p{L}\p{N}]{3,}/gu;

/** The words of a query that the index can find; all that is left out are operators of the search and short words. */
export function searchWords(query: string): readonly string[] {
  return (query.toLowerCase().match(WORD) ?? []).slice(0, WORDS_MAX);
}
