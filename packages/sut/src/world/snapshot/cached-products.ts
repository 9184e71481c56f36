import { Redis } from 'ioredis';
import { z } from 'zod';
import type { CachedProduct } from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';

/** Product entries of whatever shape version: `product:v1:17`. */
const PATTERN = 'product:*';
const PRODUCT_ID = /:(\d+)$/;
const SCAN_COUNT = 1_000;
/** A cache that was just healed answers within milliseconds on loopback. */
const COMMAND_MS_MAX = 5_000;

/** An entry names a product, or says that there is none; its version lies beside the product or within. */
const entrySchema = z.union([
  z.object({
    product: z.object({ id: z.int(), priceCents: z.int(), version: z.int().optional() }),
    version: z.int().optional(),
  }),
  z.object({ kind: z.literal('absent') }),
]);

/** Everything that the cache says about products. Rejects when it cannot be asked. */
export async function readCachedProducts(
  address: ShopStores['redis'],
  signal: AbortSignal,
): Promise<readonly CachedProduct[]> {
  signal.throwIfAborted();
  const redis = new Redis(address.port, address.host, {
    lazyConnect: true,
    connectTimeout: COMMAND_MS_MAX,
    commandTimeout: COMMAND_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  const onAbort = (): void => redis.disconnect();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await redis.connect();
    const cached: CachedProduct[] = [];
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', PATTERN, 'COUNT', SCAN_COUNT);
      cursor = next;
      const products = keys.filter((key) => PRODUCT_ID.test(key));
      const values = products.length === 0 ? [] : await redis.mget(products);
      for (const [index, key] of products.entries()) {
        const text = values[index];
        // Expired between the two questions.
        if (typeof text === 'string') cached.push(readEntry(key, text));
      }
    } while (cursor !== '0');
    return cached.toSorted((left, right) => left.productId - right.productId);
  } finally {
    signal.removeEventListener('abort', onAbort);
    redis.disconnect();
  }
}

function readEntry(key: string, text: string): CachedProduct {
  const productId = Number(PRODUCT_ID.exec(key)?.[1]);
  const entry = entrySchema.safeParse(parseJson(text));
  if (!entry.success) return { kind: 'unreadable', productId, key };
  if ('kind' in entry.data) return { kind: 'absent', productId, key };
  const { product, version } = entry.data;
  return {
    kind: 'product',
    productId,
    key,
    namedId: product.id,
    priceCents: product.priceCents,
    version: version ?? product.version ?? null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
