import { z } from 'zod';
import { isAbsent } from '../store-client/absent.ts';
import { redisServer, withRedis } from '../store-client/redis-client.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({ server: redisServer });

/** A server that goes about its work answers within a millisecond; a paused one not at all. */
const ANSWER_MS_MAX = 500;

/**
 * Ends a pause of Redis. From outside it cannot be ended early, because the command that would is held up like any
 * other; but a pause that nobody prolongs is over within two seconds, and this waits for it.
 */
export const outlastRedisPause: Undo<z.infer<typeof details>> = {
  details,
  about: ({ server }) => `wait until Redis at ${server.host}:${server.port} is paused no more`,
  revert: async ({ server }, signal) => {
    try {
      await withRedis(server, signal, (redis) => redis.client('UNPAUSE'));
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  isGone: async ({ server }, signal) => {
    const soon = AbortSignal.timeout(ANSWER_MS_MAX);
    try {
      await withRedis(server, AbortSignal.any([signal, soon]), (redis) => redis.ping());
      return true;
    } catch (error) {
      if (isAbsent(error)) return true;
      if (soon.aborted && !signal.aborted) return false;
      throw error;
    }
  },
};
