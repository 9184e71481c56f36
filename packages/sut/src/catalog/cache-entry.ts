import { z } from 'zod';
import { type Product, productSchema } from './product.ts';

/** What the database said of a product: what it is, or that there is none. */
export type Finding = { readonly kind: 'product'; readonly product: Product } | { readonly kind: 'absent' };

/** What the cache keeps of a finding. Times of day in milliseconds: several machines share the cache. */
export interface CacheEntry {
  readonly finding: Finding;
  /** Until when it may be shown without asking the database. */
  readonly softUntilMs: number;
  /** How long the database took; the costlier, the earlier it is worth a refresh. */
  readonly loadMs: number;
}

const times = { softUntilMs: z.number(), loadMs: z.number().nonnegative() };
const storedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('product'), version: z.int(), product: productSchema, ...times }),
  z.strictObject({ kind: z.literal('absent'), version: z.literal(0), ...times }),
]);

/** The 2 is raised when the entry's shape changes, so that old and new replicas can run together. */
export function entryKey(id: number): string {
  return `product:v2:${id}`;
}

/** Where the right to fill the entry is kept; every process that loads at the moment shares it. */
export function leaseKey(id: number): string {
  return `product-lease:v2:${id}`;
}

/** Rises with every change of the product; a product that is not there is older than any. */
export function versionOf(finding: Finding): number {
  return finding.kind === 'product' ? finding.product.version : 0;
}

/** JSON with the version at its top, where the scripts in Redis and whoever looks at the cache find it. */
export function encodeEntry({ finding, softUntilMs, loadMs }: CacheEntry): string {
  return JSON.stringify({ ...finding, version: versionOf(finding), softUntilMs, loadMs });
}

/** Undefined for what is not an entry of this id: bytes may be damaged on their way, and then count as a miss. */
export function decodeEntry(text: string, id: number): CacheEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = storedSchema.safeParse(value);
  if (!result.success) return undefined;
  const { softUntilMs, loadMs } = result.data;
  if (result.data.kind === 'absent') return { finding: { kind: 'absent' }, softUntilMs, loadMs };
  const { product, version } = result.data;
  if (product.id !== id || product.version !== version) return undefined;
  return { finding: { kind: 'product', product }, softUntilMs, loadMs };
}
