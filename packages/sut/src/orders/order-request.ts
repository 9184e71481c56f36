import { createHash } from 'node:crypto';
import { z } from 'zod';

/** An order locks a stock row per item; this bounds how long. */
const ITEMS_MAX = 20;
const QUANTITY_MAX = 99;

const itemSchema = z.strictObject({
  sku: z.number().int().min(1).max(2_147_483_647),
  quantity: z.number().int().min(1).max(QUANTITY_MAX),
});

/** Either the items themselves, or the cart as settled up to an operation. */
export const orderRequestSchema = z
  .strictObject({
    items: z.array(itemSchema).min(1).max(ITEMS_MAX).optional(),
    cartSeq: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  })
  .refine((body) => (body.items === undefined) !== (body.cartSeq === undefined), {
    message: 'needs either items or cartSeq',
    path: ['items'],
  })
  .refine(({ items = [] }) => new Set(items.map((item) => item.sku)).size === items.length, {
    message: 'names a sku twice',
    path: ['items'],
  })
  .transform((body): OrderRequest => {
    if (body.cartSeq !== undefined) return { kind: 'cart', cartSeq: body.cartSeq };
    return { kind: 'items', items: (body.items ?? []).toSorted((left, right) => left.sku - right.sku) };
  });

export interface OrderLine {
  readonly sku: number;
  readonly quantity: number;
}

export type OrderRequest =
  | { readonly kind: 'items'; readonly items: readonly OrderLine[] }
  | { readonly kind: 'cart'; readonly cartSeq: number };

/** SHA-256 of what was asked for; the order of the items makes no difference. */
export function hashOfRequest(request: OrderRequest): Buffer {
  const canonical =
    request.kind === 'cart'
      ? { cartSeq: request.cartSeq }
      : { items: request.items.map(({ sku, quantity }) => [sku, quantity]) };
  return createHash('sha256').update(JSON.stringify(canonical)).digest();
}

/** Visible ASCII, as a header value can carry it; compared byte by byte. */
const KEY = /^[\x21-\x7e]{1,128}$/;

/** The Idempotency-Key header; undefined when it is missing or no usable key. */
export function idempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && KEY.test(header) ? header : undefined;
}
