import type { RedisStore } from '@stormcart/core';
import { redisServerOf } from '../../../store-client/redis-client.ts';
import { outlastRedisPause } from '../../../undo/outlast-redis-pause.ts';
import { holdSetting } from '../held-setting.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { memoryStep } from '../undo-step.ts';
import { keepPaused, type PauseKeeper } from './pause-keeper.ts';

/** Redis takes commands in and answers none, until the pause is over: then all at once. */
export const pause: StoreKind<RedisStore> = {
  about: 'Redis takes commands in and answers none of them until the pause is over (CLIENT PAUSE).',
  technologies: ['redis'],
  attributes: {},
  create: (stores, request) => stores.map((store) => pausePart(store, request)),
};

function pausePart(store: RedisStore, { processes }: StoreRequest): StorePart {
  const server = redisServerOf(store);
  const hold = holdSetting<true>(store, 'pause');
  let keeper: PauseKeeper | undefined;
  let wasBegun = false;
  let waiting = 0;
  return {
    apply: async ({ signal, forMs, journal }) => {
      await journal(await memoryStep('outlast-redis-pause', { server }, store, processes));
      await hold.take(async () => true);
      wasBegun = true;
      keeper = await keepPaused(server, forMs, signal);
    },
    revert: async (signal) => {
      if (!wasBegun) return;
      const isLast = hold.letGo();
      // A keeper that has lost its connection cannot end the pause; then it ends by itself.
      await keeper?.end(isLast, signal).catch(() => undefined);
      waiting = keeper?.waitingMax() ?? 0;
      if (isLast) await outlastRedisPause.revert({ server }, signal);
    },
    isGone: async (signal) =>
      !wasBegun || hold.isHeldByOthers() || outlastRedisPause.isGone({ server }, signal),
    hits: () => waiting,
  };
}
