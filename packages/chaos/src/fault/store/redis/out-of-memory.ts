import type { RedisStore } from '@stormcart/core';
import { infoNumber, redisServerOf, withRedis } from '../../../store-client/redis-client.ts';
import { restoreRedisSettings } from '../../../undo/restore-redis-settings.ts';
import { settingPart } from '../setting-part.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countGrowth } from '../tally.ts';

/** Redis is full: it answers reads, and refuses whatever needs memory. */
export const outOfMemory: StoreKind<RedisStore> = {
  about: 'Redis is full and drops nothing: writes are refused (OOM), reads and deletions are not.',
  technologies: ['redis'],
  attributes: {},
  create: (stores, request) => stores.map((store) => outOfMemoryPart(store, request)),
};

/** The memory of connections comes and goes with them: a limit of just what is used would let writes through. */
const LIMIT_SHARE = 0.9;
/** In this order they are put back: a policy that evicts must not meet the low limit. */
const SETTINGS = ['maxmemory', 'maxmemory-policy'] as const;

function outOfMemoryPart(store: RedisStore, { processes }: StoreRequest): StorePart {
  const server = redisServerOf(store);
  return settingPart({
    store,
    processes,
    setting: 'maxmemory',
    kind: 'restore-redis-settings',
    undo: restoreRedisSettings,
    read: (signal) =>
      withRedis(server, signal, async (redis) => {
        const settings: [string, string][] = [];
        for (const name of SETTINGS) {
          const [, value = ''] = (await redis.config('GET', name)) as readonly string[];
          settings.push([name, value]);
        }
        return { server, settings };
      }),
    change: (signal) =>
      withRedis(server, signal, async (redis) => {
        // The policy first: with the old one the low limit would make it evict.
        await redis.config('SET', 'maxmemory-policy', 'noeviction');
        const usedBytes = infoNumber(await redis.info('memory'), 'used_memory') ?? 0;
        // 0 would mean no limit.
        await redis.config('SET', 'maxmemory', String(Math.max(1, Math.floor(usedBytes * LIMIT_SHARE))));
      }),
    tally: countGrowth((signal) =>
      withRedis(server, signal, async (redis) => refusedIn(await redis.info('errorstats'))),
    ),
  });
}

/** How often it has answered OOM; Redis counts it since 6.2. */
function refusedIn(info: string): number {
  return Number(/^errorstat_OOM:count=(\d+)/m.exec(info)?.[1] ?? 0);
}
