import { type Clock, messageOf, systemClock } from '@stormcart/core';
import { Redis } from 'ioredis';
import { agentError } from './agent-error.ts';
import { type Order, orderSchema, parseMessage } from './agent-message.ts';
import type { ClockLook } from './clock-offset.ts';
import type { RedisAddress } from './redis-address.ts';
import { OPEN_RUNS_KEY, type RunKeys } from './run-keys.ts';

/** The Redis where agents and those who share out loads find each other. Everything in it ends by itself. */
export interface MeetingPlace {
  /** Throws when it cannot be reached. */
  look(): Promise<ClockLook>;
  /** Ids of the runs that wait for agents, the oldest first. */
  openRuns(): Promise<readonly string[]>;
  /** Is to be said again within `OPEN_FOR_MS`. */
  keepOpen(runId: string): Promise<void>;
  closeRun(runId: string): Promise<void>;
  /** Is to be said again within `ORDER_FOR_MS`. */
  say(keys: RunKeys, order: Order): Promise<void>;
  /** Undefined: whoever said it is gone. */
  order(keys: RunKeys): Promise<Order | undefined>;
  /** Puts a batch behind those that wait already; how many wait then. */
  handOver(keys: RunKeys, batch: Uint8Array): Promise<number>;
  waitingBatches(keys: RunKeys): Promise<number>;
  /** The oldest that wait. They stay there until they are dropped: an answer that is lost on the way loses nothing. */
  oldestBatches(keys: RunKeys, count: number): Promise<readonly Buffer[]>;
  dropBatches(keys: RunKeys, count: number): Promise<void>;
  /** Whatever there is of a run by now ends at last after `KEYS_FOR_MS`. */
  letExpire(keys: RunKeys): Promise<void>;
  /** Removes what is not BullMQ's and nobody will need: batches that were handed over too late. */
  forget(keys: RunKeys): Promise<void>;
  close(): void;
}

/** Said again every second: ten missed ones mean that nobody is there to say it. */
const OPEN_FOR_MS = 10_000;
const ORDER_FOR_MS = 10_000;
/** Longer than any pause between two renewals, and than BullMQ's own locks. */
const KEYS_FOR_MS = 60_000;
const CONNECT_WITHIN_MS = 5_000;
/** A Redis that takes longer tells no time. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * For BullMQ, which opens connections of its own. Once it is over, a connection that is gone is not sought again: what
 * waits for it fails, and nothing keeps the process.
 */
export function connectionOptions(address: RedisAddress, isOver: () => boolean = () => false) {
  const { host, port, db, username, password, isEncrypted } = address;
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isEncrypted ? { tls: { servername: host } } : {}),
    connectTimeout: CONNECT_WITHIN_MS,
    // BullMQ asks for it: its commands wait for a connection that comes back; who waits too long is lost by our own watch.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => (isOver() ? null : retryDelayMs(attempt)),
  };
}

/** Throws NO_REDIS. */
export async function openMeetingPlace(
  address: RedisAddress,
  clock: Clock = systemClock,
): Promise<MeetingPlace> {
  const redis = new Redis({
    ...connectionOptions(address),
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: ANSWER_WITHIN_MS,
    retryStrategy: () => null,
  });
  let trouble: unknown;
  // Each command fails by itself as well; without a listener Node would end.
  redis.on('error', (error) => {
    trouble = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const cause = trouble ?? error;
    throw agentError({
      kind: 'environment',
      code: 'NO_REDIS',
      message: `no Redis to meet at on ${address.shown}: ${messageOf(cause)}`,
      hint: 'It must be reachable from every machine that takes part: check its address, its password and firewalls.',
      cause,
    });
  }
  redis.options.retryStrategy = retryDelayMs;
  const redisMs = async (): Promise<number> => {
    const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
    return seconds * 1_000 + microseconds / 1_000;
  };
  return {
    look: async () => {
      const sentMs = clock.now();
      const theirMs = await redisMs();
      return { sentMs, theirMs, receivedMs: clock.now() };
    },
    openRuns: async () => redis.zrange(OPEN_RUNS_KEY, await redisMs(), '+inf', 'BYSCORE'),
    keepOpen: async (runId) => {
      const nowMs = await redisMs();
      await redis
        .multi()
        .zremrangebyscore(OPEN_RUNS_KEY, '-inf', nowMs)
        .zadd(OPEN_RUNS_KEY, nowMs + OPEN_FOR_MS, runId)
        .pexpire(OPEN_RUNS_KEY, KEYS_FOR_MS)
        .exec();
    },
    closeRun: async (runId) => {
      await redis.zrem(OPEN_RUNS_KEY, runId);
    },
    say: async ({ order }, said) => {
      await redis.set(order, JSON.stringify(said), 'PX', ORDER_FOR_MS);
    },
    order: async (keys) => {
      const text = await redis.get(keys.order);
      return text === null ? undefined : parseMessage(orderSchema, JSON.parse(text));
    },
    ...batchPlace(redis),
    letExpire: async ({ lasting }) => {
      const pipeline = redis.pipeline();
      for (const key of lasting) pipeline.pexpire(key, KEYS_FOR_MS);
      await pipeline.exec();
    },
    close: () => redis.disconnect(),
  };
}

type BatchPlace = Pick<
  MeetingPlace,
  'handOver' | 'waitingBatches' | 'oldestBatches' | 'dropBatches' | 'forget'
>;

/** The list of what agents have seen and nobody has taken yet. */
function batchPlace(redis: Redis): BatchPlace {
  return {
    handOver: ({ batches }, batch) => redis.rpush(batches, Buffer.from(batch)),
    waitingBatches: ({ batches }) => redis.llen(batches),
    oldestBatches: ({ batches }, count) => redis.lrangeBuffer(batches, 0, count - 1),
    dropBatches: async ({ batches }, count) => {
      await redis.ltrim(batches, count, -1);
    },
    forget: async ({ batches }) => {
      await redis.del(batches);
    },
  };
}

/** Between attempts to reach it again. */
function retryDelayMs(attempt: number): number {
  return Math.min(100 * attempt, 1_000);
}
