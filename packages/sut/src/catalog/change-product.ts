import { z } from 'zod';
import { recordAudit } from '../service/audit-trail/audit-trail.ts';
import type { Database, Ending, Session } from '../service/database/database.ts';
import { addToOutbox } from '../service/outbox/outbox.ts';
import { loadProduct, type Product } from './product.ts';

/** The columns' own bounds, and sums that stay exact: an INT of cents, an INT of pieces. */
const INT_MAX = 2_147_483_647;
/** More at once is a slip of the keyboard. */
const STOCK_DELTA_MAX = 1_000_000;

/** What may be changed of a product; at least one thing. `ifVersion` makes a repeated request safe. */
export const productChangeSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    description: z.string().trim().max(500).optional(),
    priceCents: z.number().int().min(1).max(INT_MAX).optional(),
    stockDelta: z
      .number()
      .int()
      .min(-STOCK_DELTA_MAX)
      .max(STOCK_DELTA_MAX)
      .refine((delta) => delta !== 0, 'changes nothing')
      .optional(),
    ifVersion: z.number().int().min(1).max(INT_MAX).optional(),
  })
  .refine(
    ({ name, description, priceCents, stockDelta }) =>
      [name, description, priceCents, stockDelta].some((value) => value !== undefined),
    'needs something to change: name, description, priceCents or stockDelta',
  );
export type ProductChange = z.infer<typeof productChangeSchema>;

/** Whose caches must forget the product's older versions. */
export const productChangedSchema = z.strictObject({
  productId: z.int(),
  version: z.int(),
});
export const PRODUCT_CHANGED = 'product-changed';

export type Change =
  | { readonly kind: 'changed'; readonly product: Product }
  | { readonly kind: 'notFound' }
  /** Somebody else was faster. */
  | { readonly kind: 'otherVersion'; readonly version: number }
  /** Less than that is there to be taken away: the rest is reserved or sold. */
  | { readonly kind: 'stockShort'; readonly available: number }
  | { readonly kind: 'stockFull' };

/**
 * Changes a product and raises its version, in one transaction with its entry in the audit trail and the message
 * that voids what caches hold.
 */
export function changeProduct(
  database: Database,
  id: number,
  change: ProductChange,
  changedBy: number,
): Promise<Change> {
  return database.transaction(async (session): Promise<Ending<Change>> => {
    const refusal = await apply(session, id, change);
    if (refusal !== undefined) return { kind: 'roll-back', result: refusal };
    const product = await loadProduct(session, id);
    // Ours is the lock on its row.
    if (product === undefined) throw new Error(`product ${id} has no stock row`);
    await record(session, product, change, changedBy);
    return { kind: 'commit', result: { kind: 'changed', product } };
  });
}

/** The product's row first, then its stock: orders lock stock rows only, so neither waits for the other in a ring. */
async function apply(session: Session, id: number, change: ProductChange): Promise<Change | undefined> {
  const { name, description, priceCents, stockDelta, ifVersion } = change;
  const [row] = await session.rows<{ readonly version: number; readonly available: number }>(
    `SELECT product.version, (SELECT available FROM stock WHERE product_id = product.id) AS available
     FROM product WHERE product.id = ? FOR UPDATE`,
    [id],
  );
  if (row === undefined) return { kind: 'notFound' };
  if (ifVersion !== undefined && ifVersion !== row.version) {
    return { kind: 'otherVersion', version: row.version };
  }
  await session.change(
    `UPDATE product SET version = version + 1, name = COALESCE(?, name),
       description = COALESCE(?, description), price_cents = COALESCE(?, price_cents)
     WHERE id = ?`,
    [name ?? null, description ?? null, priceCents ?? null, id],
  );
  if (stockDelta === undefined) return undefined;
  // Both together: what orders hold stays, and initial = available + reserved + sold.
  const { matched } = await session.change(
    `UPDATE stock SET initial = initial + ?, available = available + ?
     WHERE product_id = ? AND available + ? >= 0 AND initial + ? <= ${INT_MAX}`,
    [stockDelta, stockDelta, id, stockDelta, stockDelta],
  );
  if (matched > 0) return undefined;
  return stockDelta < 0 ? { kind: 'stockShort', available: row.available } : { kind: 'stockFull' };
}

async function record(
  session: Session,
  { id, version }: Product,
  { name, description, priceCents, stockDelta }: ProductChange,
  changedBy: number,
): Promise<void> {
  const details = {
    productId: id,
    version,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(priceCents === undefined ? {} : { priceCents }),
    ...(stockDelta === undefined ? {} : { stockDelta }),
  };
  await recordAudit(session, { kind: 'security', action: 'product.changed', customerId: changedBy, details });
  const payload: z.infer<typeof productChangedSchema> = { productId: id, version };
  await addToOutbox(session, PRODUCT_CHANGED, payload);
}
