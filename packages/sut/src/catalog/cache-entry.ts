import type { Random } from '@stormcart/core';
import { z } from 'zod';
import { type Product, productSchema } from './product.ts';

/** What the cache knows of a product: what it is, or that there is none. */
export type CacheEntry =
  | { readonly kind: 'product'; readonly product: Product }
  | { readonly kind: 'absent' };

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('product'), product: productSchema }),
  z.strictObject({ kind: z.literal('absent') }),
]);

/** Stock changes with every order: half a minute is as old as the shown figure may be. */
const PRODUCT_TTL_MS = 30_000;
/** Long enough to stop a scan of unknown ids, short enough that a new product shows soon. */
const ABSENT_TTL_MS = 5_000;
/** Entries written together shall not expire together. */
const JITTER_SHARE = 0.2;

/** The version in the key is raised when the entry's shape changes, so that old and new replicas can run together. */
export function cacheKey(id: number): string {
  return `product:v1:${id}`;
}

export function encodeEntry(entry: CacheEntry): string {
  return JSON.stringify(entry);
}

/** Undefined for what is not an entry of this id: bytes may be damaged on their way, and then count as a miss. */
export function decodeEntry(text: string, id: number): CacheEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = entrySchema.safeParse(value);
  if (!result.success) return undefined;
  if (result.data.kind === 'product' && result.data.product.id !== id) return undefined;
  return result.data;
}

/** Milliseconds, within 20 % around the entry's lifetime. */
export function timeToLiveMs(entry: CacheEntry, random: Random): number {
  const base = entry.kind === 'product' ? PRODUCT_TTL_MS : ABSENT_TTL_MS;
  return Math.round(base * (1 + JITTER_SHARE * (2 * random.next() - 1)));
}
