import { type Clock, messageOf, systemClock } from '@stormcart/core';
import { Worker } from 'bullmq';
import { parseShareTask, type ShareTask } from '../share/share-task.ts';
import { agentError } from './agent-error.ts';
import type { Final, News } from './agent-message.ts';
import { closeWithin } from './close-within.ts';
import { connectionOptions, type MeetingPlace, openMeetingPlace } from './meeting-place.ts';
import { performShare } from './perform-share.ts';
import type { RedisAddress } from './redis-address.ts';
import { runKeysOf } from './run-keys.ts';

/** What an agent has to tell whoever looks on. */
export type AgentEvent =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'taken'; readonly url: string; readonly index: number; readonly of: number }
  | { readonly kind: 'beginning'; readonly inMs: number }
  | { readonly kind: 'ended'; readonly final: Final }
  | { readonly kind: 'trouble'; readonly message: string };

export interface AgentOptions {
  readonly redis: RedisAddress;
  readonly name: string;
  /** Leaves after its first share. */
  readonly isOnce: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: AgentEvent) => void;
  readonly clock?: Clock;
}

/** How often it looks for a run that waits for agents; one ZRANGE and one TIME each. */
const LOOK_EVERY_MS = 250;
/** A Redis that is away for longer than this is not coming back by itself. */
const AWAY_MS_MAX = 60_000;
/**
 * An agent that dies before the start frees its share after this; another may take it. BullMQ renews the lock at half
 * the time.
 */
const LOCK_MS = 5_000;
/** So often a share may go to another agent before the start. */
const TAKEOVERS_MAX = 10;

/**
 * Takes shares of loads from the Redis and runs them, one at a time, until it is aborted; with `isOnce` until the first
 * has ended. Resolves with how the last one ended. Throws NO_REDIS.
 */
export async function runAgent(options: AgentOptions): Promise<Final | undefined> {
  const { redis, signal, isOnce, onEvent, clock = systemClock } = options;
  const place = await openMeetingPlace(redis, clock);
  let answeredMs = clock.now();
  let isWaiting = false;
  let final: Final | undefined;
  try {
    for (;;) {
      if (signal.aborted || (isOnce && final !== undefined)) return final;
      if (!isWaiting) onEvent({ kind: 'waiting' });
      isWaiting = true;
      try {
        for (const runId of await place.openRuns()) {
          const served = await serveRun(runId, options, place, clock);
          if (served === undefined) continue;
          final = served;
          isWaiting = false;
          break;
        }
        answeredMs = clock.now();
      } catch (error) {
        if (clock.now() - answeredMs > AWAY_MS_MAX) throw awayError(redis, error);
      }
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  } finally {
    place.close();
  }
}

/** Takes at most one share of a run; undefined when it got none. */
async function serveRun(
  runId: string,
  { redis, name, signal, onEvent }: AgentOptions,
  place: MeetingPlace,
  clock: Clock,
): Promise<Final | undefined> {
  const { prefix, queue } = runKeysOf(runId, 0);
  let hasTaken = false;
  let isOver = false;
  let keys = runKeysOf(runId, 0);
  const perform = (data: unknown, tell: (news: News) => Promise<void>): Promise<Final> | Final => {
    const read = readTask(data);
    if (read.kind === 'bad') return { kind: 'failed', name, error: read.error };
    const { task } = read;
    keys = runKeysOf(runId, task.share.of);
    onEvent({ kind: 'taken', url: task.order.url, ...task.share });
    const onBegin = (inMs: number): void => onEvent({ kind: 'beginning', inMs });
    return performShare({ task, name, place, keys, clock, signal, tell, onBegin });
  };
  const { promise: ended, resolve: settle } = Promise.withResolvers<Final>();
  const worker = new Worker<unknown, Final>(
    queue,
    async (job) => {
      hasTaken = true;
      const final = await perform(job.data, (news) => job.updateProgress(news));
      // One share for each agent: what else waits is for others.
      void worker.pause(true);
      onEvent({ kind: 'ended', final });
      settle(final);
      return final;
    },
    {
      prefix,
      name,
      connection: connectionOptions(redis, () => isOver),
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS / 2,
      maxStalledCount: TAKEOVERS_MAX,
      // Seconds that it waits in Redis for a share, and so the longest that leaving takes.
      drainDelay: 1,
      // BullMQ tries again after this when Redis is away, 15 s by itself: leaving should not take that long.
      runRetryDelay: 1_000,
    },
  );
  let trouble: string | undefined;
  worker.on('error', (error) => {
    const message = messageOf(error);
    // Each attempt to connect again fails alike.
    if (message !== trouble) onEvent({ kind: 'trouble', message });
    trouble = message;
  });
  try {
    for (;;) {
      const final = await Promise.race([ended, clock.sleep(LOOK_EVERY_MS)]);
      if (final !== undefined) return final;
      if (hasTaken) continue;
      if (signal.aborted || !(await place.openRuns()).includes(runId)) return undefined;
    }
  } finally {
    await closeWithin(
      () => worker.close(),
      () => {
        isOver = true;
      },
    );
    // Its end may have made keys after the others were given theirs.
    await place.letExpire(keys).catch(() => undefined);
  }
}

function awayError({ shown }: RedisAddress, cause: unknown): Error {
  const message = `the Redis on ${shown} has been away for ${AWAY_MS_MAX / 1_000} s: ${messageOf(cause)}`;
  return agentError({ kind: 'environment', code: 'NO_REDIS', message, cause });
}

function readTask(
  data: unknown,
):
  | { readonly kind: 'good'; readonly task: ShareTask }
  | { readonly kind: 'bad'; readonly error: Extract<Final, { kind: 'failed' }>['error'] } {
  try {
    return { kind: 'good', task: parseShareTask(data) };
  } catch (error) {
    return { kind: 'bad', error: { kind: 'internal', code: 'BAD_SHARE', message: messageOf(error) } };
  }
}
