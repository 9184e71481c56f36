import type { RedisStore } from '@stormcart/core';
import { redisServerOf, withRedis } from '../../../store-client/redis-client.ts';
import { everyAttribute } from '../every-attribute.ts';
import { type Repetition, repeat } from '../repeat.ts';
import type { StoreKind } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';

/** Everything is forgotten, once or again and again. Nothing of it can be undone. */
export const flush: StoreKind<RedisStore> = {
  about: 'Redis forgets all keys of all databases.',
  technologies: ['redis'],
  attributes: { every: everyAttribute },
  create: (stores, { attributes }) => stores.map((store) => flushPart(store, Number(attributes['every']))),
};

function flushPart(store: RedisStore, everyMs: number): StorePart {
  let keys = 0;
  let repetition: Repetition | undefined;
  const flushOnce = async (signal: AbortSignal): Promise<void> => {
    keys += await flushAll(store, signal);
  };
  return {
    apply: async ({ signal }) => {
      await flushOnce(signal);
      if (everyMs > 0) repetition = repeat(everyMs, flushOnce);
    },
    revert: async () => {
      await repetition?.stop();
    },
    isGone: async () => true,
    hits: () => keys,
  };
}

/** How many keys it took. One transaction: what comes in between would be taken and not counted. */
function flushAll(store: RedisStore, signal: AbortSignal): Promise<number> {
  return withRedis(redisServerOf(store), signal, async (redis) => {
    const [keyspace, flushed] = (await redis.multi().info('keyspace').flushall().exec()) ?? [];
    const failure = keyspace?.[0] ?? flushed?.[0];
    if (failure !== undefined && failure !== null) throw failure;
    const counts = [...String(keyspace?.[1]).matchAll(/^db\d+:keys=(\d+)/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  });
}
