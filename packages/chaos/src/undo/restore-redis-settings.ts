import { z } from 'zod';
import { isAbsent } from '../store-client/absent.ts';
import { redisServer, withRedis } from '../store-client/redis-client.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({
  server: redisServer,
  /** Names and values, in the order in which they are to be set. */
  settings: z.array(z.tuple([z.string().min(1), z.string()])).min(1),
});

/** Sets a Redis's settings to what they were. They live in its memory: a server that is gone has none to restore. */
export const restoreRedisSettings: Undo<z.infer<typeof details>> = {
  details,
  about: ({ server, settings }) =>
    `set ${settings.map(([name, value]) => `${name} to ${value}`).join(', ')} in Redis at ${server.host}:${server.port}`,
  revert: async ({ server, settings }, signal) => {
    try {
      await withRedis(server, signal, async (redis) => {
        for (const [name, value] of settings) await redis.config('SET', name, value);
      });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  isGone: async ({ server, settings }, signal) => {
    try {
      return await withRedis(server, signal, async (redis) => {
        for (const [name, value] of settings) {
          const [, found] = (await redis.config('GET', name)) as readonly string[];
          if (found !== value) return false;
        }
        return true;
      });
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  },
};
