import type { Session } from '../service/database/database.ts';

/** Twice the catalogue: ids that were seen, some 40 bytes each. */
const REMEMBERED_MAX = 20_000;

/** Whether there is such a product. Products never go away, so a yes is remembered. */
export type KnowsProduct = (id: number) => Promise<boolean>;

export function createKnowsProduct(database: Session): KnowsProduct {
  const seen = new Set<number>();
  return async (id) => {
    if (seen.has(id)) return true;
    const [row] = await database.rows('SELECT 1 FROM product WHERE id = ?', [id]);
    if (row === undefined) return false;
    if (seen.size < REMEMBERED_MAX) seen.add(id);
    return true;
  };
}
