import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@stormcart/core';
import { Queue, QueueEvents } from 'bullmq';
import type { ShareTask } from '../share/share-task.ts';
import { finalSchema, newsSchema, parseMessage } from './agent-message.ts';
import type { AgentRun, MusterOptions } from './agent-run.ts';
import { openBatchPump } from './batch-pump.ts';
import { createClockOffset } from './clock-offset.ts';
import { closeWithin } from './close-within.ts';
import { connectionOptions, openMeetingPlace } from './meeting-place.ts';
import { jobIdOf, runKeysOf, shareIndexOf } from './run-keys.ts';
import { createSeats, type Seats } from './seats.ts';

export interface OpenedAgentRun {
  readonly run: AgentRun;
  /** Ends what is still going on, and removes everything from the Redis. */
  readonly close: () => Promise<void>;
}

/** Puts the shares into the Redis and listens to who takes them. Throws NO_REDIS. */
export async function openAgentRun(options: MusterOptions): Promise<OpenedAgentRun> {
  const { redis, tasks, clock = systemClock } = options;
  const place = await openMeetingPlace(redis, clock);
  const runId = randomUUID();
  const keys = runKeysOf(runId, tasks.length);
  let isOver = false;
  const bull = { prefix: keys.prefix, connection: connectionOptions(redis, () => isOver) };
  const queue = new Queue(keys.queue, bull);
  // Redis is away: whoever is not heard of for too long is lost, whatever the reason.
  queue.on('error', () => undefined);
  const events = new QueueEvents(keys.queue, { ...bull, lastEventId: '0' });
  const run = listen({ ...options, clock, place, keys, runId }, events);
  const close = async (): Promise<void> => {
    await run.pump.close();
    await place.closeRun(runId).catch(() => undefined);
    await place.say(keys, { kind: 'over' }).catch(() => undefined);
    await closeWithin(
      async () => {
        await events.close();
        await queue.obliterate({ force: true });
        await queue.close();
      },
      () => {
        isOver = true;
      },
    );
    await place.forget(keys).catch(() => undefined);
    place.close();
  };
  try {
    await place.say(keys, run.order);
    await queue.addBulk(tasks.map(jobOf));
    await place.letExpire(keys);
    return { run, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function jobOf(data: ShareTask, index: number) {
  return {
    name: 'share',
    data,
    opts: { jobId: jobIdOf(index), attempts: 1, removeOnComplete: false, removeOnFail: false },
  };
}

/** Everything that agents say from now on comes to the run's seats, and what they see to whoever measures. */
function listen(
  begun: MusterOptions & Pick<AgentRun, 'clock' | 'place' | 'keys' | 'runId'>,
  events: QueueEvents,
): AgentRun {
  const { clock, place, keys, tasks } = begun;
  const seats = createSeats(tasks.length);
  const newsUnderstood = followEvents(events, seats, begun, clock);
  const pump = openBatchPump({
    place,
    keys,
    clock,
    onBatch: (batch) => {
      const broken = begun.onBatch?.(batch);
      if (broken !== undefined) seats.lose(broken.share, broken.reason);
    },
  });
  return {
    ...begun,
    seats,
    pump,
    offset: createClockOffset(),
    assertUnderstood: () => {
      newsUnderstood();
      pump.assertUnderstood();
    },
    order: { kind: 'wait' },
  };
}

/** Takes in what agents say. */
function followEvents(
  events: QueueEvents,
  seats: Seats,
  { onProgress }: MusterOptions,
  clock: Clock,
): () => void {
  let failure: unknown;
  const guarded = (take: () => void): void => {
    try {
      take();
    } catch (error) {
      failure ??= error;
    }
  };
  events.on('progress', ({ jobId, data }) =>
    guarded(() => {
      const [index, news] = [shareIndexOf(jobId), parseMessage(newsSchema, data)];
      seats.hear(index, news, clock.now());
      if (news.kind === 'running') onProgress(index, news);
    }),
  );
  events.on('completed', ({ jobId, returnvalue }) =>
    guarded(() => seats.end(shareIndexOf(jobId), parseMessage(finalSchema, returnvalue))),
  );
  events.on('failed', ({ jobId, failedReason }) => seats.fail(shareIndexOf(jobId), failedReason));
  events.on('error', () => undefined);
  return () => {
    if (failure !== undefined) throw failure;
  };
}
