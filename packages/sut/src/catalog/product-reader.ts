import { messageOf, type Random } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Cache } from './cache.ts';
import { type CacheEntry, cacheKey, decodeEntry, encodeEntry, timeToLiveMs } from './cache-entry.ts';
import type { Product } from './product.ts';

export interface ProductReaderParts {
  readonly cache: Pick<Cache, 'get' | 'set'>;
  readonly policy: Policy;
  /** The truth. */
  readonly load: (id: number) => Promise<Product | undefined>;
  readonly random: Random;
  readonly log: Logger;
}

/** Where an entry came from; what `X-Cache` says. */
interface ReadProduct {
  readonly entry: CacheEntry;
  readonly source: 'hit' | 'miss';
}

export type ProductReader = (id: number) => Promise<ReadProduct>;

/** Fills under way at once; with a silent cache and no policy each takes seconds. */
const FILLS_MAX = 100;

/**
 * Cache-aside: cache, else database, then fill. A cache that fails costs what its policy allows and nothing else; it
 * never fails a read. Concurrent misses of one product share one query.
 */
export function createProductReader({ cache, policy, load, random, log }: ProductReaderParts): ProductReader {
  const loading = new Map<number, Promise<CacheEntry>>();
  let fills = 0;

  const lookUp = async (id: number): Promise<CacheEntry | undefined> => {
    try {
      const text = await policy.execute(() => cache.get(cacheKey(id)));
      return text === null ? undefined : decodeEntry(text, id);
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'cache read failed');
      return undefined;
    }
  };

  const fill = (id: number, entry: CacheEntry): void => {
    if (fills >= FILLS_MAX) return;
    fills += 1;
    policy
      .execute(() => cache.set(cacheKey(id), encodeEntry(entry), timeToLiveMs(entry, random)))
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'cache fill failed'))
      .finally(() => {
        fills -= 1;
      });
  };

  const loadOnce = (id: number): Promise<CacheEntry> => {
    const underWay = loading.get(id);
    if (underWay !== undefined) return underWay;
    const started = load(id)
      .then((product): CacheEntry => {
        const entry: CacheEntry = product === undefined ? { kind: 'absent' } : { kind: 'product', product };
        fill(id, entry);
        return entry;
      })
      .finally(() => loading.delete(id));
    loading.set(id, started);
    return started;
  };

  return async (id) => {
    const cached = await lookUp(id);
    if (cached !== undefined) return { entry: cached, source: 'hit' };
    return { entry: await loadOnce(id), source: 'miss' };
  };
}
