import type { RedisStore } from '@stormcart/core';
import { Redis } from 'ioredis';
import { z } from 'zod';

/** How to reach one Redis, as plain JSON. */
export const redisServer = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  user: z.string().optional(),
  password: z.string().optional(),
});

export type RedisServer = Readonly<z.infer<typeof redisServer>>;

export function redisServerOf({ address, account }: RedisStore): RedisServer {
  return { ...address, ...account };
}

/** On loopback both take milliseconds; a server that is silent for longer is paused or stopped. */
const CONNECT_MS_MAX = 2_000;
const COMMAND_MS_MAX = 5_000;

/** Lends a connection that outlives neither the work nor the signal. Rejects with the server's or the socket's error. */
export async function withRedis<Result>(
  { host, port, user, password }: RedisServer,
  signal: AbortSignal,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const redis = new Redis(port, host, {
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    // It asks the server for its state first, which a paused one does not tell.
    enableReadyCheck: false,
    connectTimeout: CONNECT_MS_MAX,
    commandTimeout: COMMAND_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What a command rejects with then is only that the connection is closed.
  let failure: unknown;
  redis.on('error', (error: unknown) => {
    failure ??= error;
  });
  const onAbort = (): void => redis.disconnect();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    signal.throwIfAborted();
    throw failure ?? error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    redis.disconnect();
  }
}

/** The numbers of an answer to INFO by their names: `used_memory`, `blocked_clients`. */
export function infoNumber(info: string, field: string): number | undefined {
  const [, value] = new RegExp(`^${field}:(\\d+)`, 'm').exec(info) ?? [];
  return value === undefined ? undefined : Number(value);
}
