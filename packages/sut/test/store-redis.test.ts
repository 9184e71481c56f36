import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { type RunningRedis, startRedis } from '../src/store/redis.ts';
import { requireStorePrograms } from '../src/store/store-programs.ts';
import { openStoreStage, type StoreStage } from './store-stage.ts';

async function start(stage: StoreStage): Promise<RunningRedis> {
  const { redis: programs } = await requireStorePrograms();
  return startRedis(stage.context, { programs, port: await stage.port() });
}

async function ask<Answer>(
  store: RunningRedis,
  question: (client: Redis) => Promise<Answer>,
): Promise<Answer> {
  const client = new Redis({
    ...store.address,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    retryStrategy: null,
  });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

describe('a private Redis', () => {
  it('serves a client, comes back with its keys after SIGKILL, and leaves nothing behind', async () => {
    const stage = await openStoreStage();
    try {
      const store = await start(stage);
      expect(await ask(store, (client) => client.set('product:1', 'kept'))).toBe('OK');
      process.kill(store.process.pid() ?? 0, 'SIGKILL');
      await expect.poll(() => store.process.state()).toBe('down');
      await store.process.whenReady(AbortSignal.timeout(30_000));
      expect(await ask(store, (client) => client.get('product:1'))).toBe('kept');
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });

  it('runs twice side by side without sharing a key', async () => {
    const stages = [await openStoreStage(), await openStoreStage()] as const;
    try {
      const [left, right] = await Promise.all([start(stages[0]), start(stages[1])]);
      await ask(left, (client) => client.set('whose', 'left'));
      expect(await ask(right, (client) => client.get('whose'))).toBeNull();
    } finally {
      for (const stage of stages) expect(await stage.close()).toEqual([]);
    }
  });
});
