import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { entryKey, leaseKey } from './cache-entry.ts';
import { cacheFigures } from './cache-figures.ts';
import { FILL, LEASE, prepareScript, VOID } from './cache-scripts.ts';

/** An entry on its way into the cache. */
export interface Filling {
  readonly version: number;
  readonly text: string;
  /** Its hard life: the cache forgets it then by itself. */
  readonly hardMs: number;
}

/** `voided`: the product may have changed since the load began. `older`: the cache has a newer version already. */
export type FillOutcome = 'stored' | 'voided' | 'older';

/**
 * The products' entries in Redis. Whoever fills takes a lease before asking the database, and only fills while it
 * holds (Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1): a slow reader can then not put back
 * what a change has removed, nor anything after the cache lost its memory.
 *
 * May fail at any time. Calls cannot be cancelled; each ends within its own bound.
 */
export interface ProductCache {
  read(id: number): Promise<string | null>;
  /** The token of the loads under way. */
  lease(id: number): Promise<string>;
  fill(id: number, lease: string, filling: Filling): Promise<FillOutcome>;
  /** After a change to this version: nothing older is there any more, or comes later. May be repeated, in any order. */
  voidOlder(id: number, version: number): Promise<void>;
}

const leaseAnswer = z.string();
const fillAnswer = z.enum(['stored', 'voided', 'older']);

export function createProductCache(redis: Redis): ProductCache {
  const lease = prepareScript(redis, LEASE);
  const fill = prepareScript(redis, FILL);
  const voidOlder = prepareScript(redis, VOID);
  return {
    read: (id) => redis.get(entryKey(id)),
    lease: async (id) => leaseAnswer.parse(await lease([leaseKey(id)], [randomUUID(), cacheFigures.leaseMs])),
    fill: async (id, token, { version, text, hardMs }) =>
      fillAnswer.parse(await fill([entryKey(id), leaseKey(id)], [token, version, hardMs, text])),
    voidOlder: async (id, version) => {
      await voidOlder([entryKey(id), leaseKey(id)], [version]);
    },
  };
}
