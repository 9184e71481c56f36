import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@stormcart/core';
import { Queue, QueueEvents } from 'bullmq';
import type { ShareProgress } from '../share/run-share.ts';
import type { ShareOutcome } from '../share/share-outcome.ts';
import type { ShareTask } from '../share/share-task.ts';
import { agentError } from './agent-error.ts';
import { finalSchema, newsSchema, type Order, parseMessage } from './agent-message.ts';
import { closeWithin } from './close-within.ts';
import { connectionOptions, type MeetingPlace, openMeetingPlace } from './meeting-place.ts';
import type { RedisAddress } from './redis-address.ts';
import { jobIdOf, type RunKeys, runKeysOf, shareIndexOf } from './run-keys.ts';
import { createSeats, type Seats } from './seats.ts';

export interface RunAgentsOptions {
  readonly redis: RedisAddress;
  /** One for each agent. */
  readonly tasks: readonly ShareTask[];
  /** How long to wait for enough agents. */
  readonly waitMs: number;
  /** Ends the load early; what was measured until then is the outcome. */
  readonly signal: AbortSignal;
  readonly onProgress: (index: number, progress: ShareProgress) => void;
  /** While it waits: who is ready. */
  readonly onWaiting: (ready: readonly string[]) => void;
  readonly onStart: (agents: readonly string[], uncertaintyMs: number) => void;
  readonly clock?: Clock;
}

const BEAT_MS = 250;
/** What has an end by itself is renewed this often. */
const RENEW_MS = 1_000;
/** From the word to the beginning: agents listen every 250 ms; one that hears too late says so instead of beginning late. */
const LEAD_MS = 1_500;
/** Half of the lateness (50 ms) that a generator may have before its figures count as spoiled. */
const UNCERTAINTY_MS_MAX = 25;
/** What is stopped only has to add up and tell. */
const STOP_WITHIN_MS = 15_000;
/** Beyond the plan and its timeout. */
const TELL_WITHIN_MS = 30_000;

/**
 * Shares out a load to agents on other machines and waits for what they have measured. As soon as one is lost, the
 * others stop. Throws NO_REDIS, NOT_ENOUGH_AGENTS, CLOCK_UNCERTAIN, BAD_MESSAGE.
 */
export async function runAgents(options: RunAgentsOptions): Promise<readonly ShareOutcome[]> {
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
  const seats = createSeats(tasks.length);
  const assertUnderstood = followEvents(events, seats, options, clock);
  try {
    await place.say(keys, { kind: 'wait' });
    await queue.addBulk(
      tasks.map((data, index) => ({
        name: 'share',
        data,
        opts: { jobId: jobIdOf(index), attempts: 1, removeOnComplete: false, removeOnFail: false },
      })),
    );
    await place.letExpire(keys);
    const run = { ...options, clock, place, keys, runId, seats, assertUnderstood };
    return await follow(run, await gather(run));
  } finally {
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
    place.close();
  }
}

interface Run extends RunAgentsOptions {
  readonly clock: Clock;
  readonly place: MeetingPlace;
  readonly keys: RunKeys;
  readonly runId: string;
  readonly seats: Seats;
  /** Throws BAD_MESSAGE once an agent has said something that nobody understands. */
  readonly assertUnderstood: () => void;
}

/** Takes in what agents say. */
function followEvents(
  events: QueueEvents,
  seats: Seats,
  { onProgress }: RunAgentsOptions,
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

/** Waits until there is an agent for every share and gives the word. */
async function gather(run: Run): Promise<Order> {
  const { clock, place, keys, runId, seats, tasks, waitMs, signal } = run;
  const untilMs = clock.now() + waitMs;
  let renewedMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal.throwIfAborted();
    run.assertUnderstood();
    if (clock.now() - renewedMs >= RENEW_MS) {
      await place.keepOpen(runId);
      await renew(run, { kind: 'wait' });
      renewedMs = clock.now();
    }
    const ready = seats.ready(clock.now());
    run.onWaiting(ready);
    const ended = seats.outcomes.find((outcome) => outcome?.kind === 'failed');
    if (ended?.kind === 'failed') throw ended.error;
    if (ready.length === tasks.length) break;
    if (clock.now() >= untilMs) throw tooFew(run, ready);
    await clock.sleep(BEAT_MS);
  }
  const worst = seats.leastCertain();
  if (worst !== undefined && worst.uncertaintyMs > UNCERTAINTY_MS_MAX) {
    throw agentError({
      kind: 'environment',
      code: 'CLOCK_UNCERTAIN',
      message: `agent ${worst.name} knows the common time only to ${worst.uncertaintyMs.toFixed(1)} ms; ${UNCERTAINTY_MS_MAX} ms is allowed`,
      hint: 'Half of its shortest round trip to the Redis counts: put the Redis nearer to the agents.',
    });
  }
  await place.closeRun(runId);
  const { theirMs } = await place.look();
  seats.begin(clock.now());
  const start: Order = { kind: 'start', atMs: theirMs + LEAD_MS };
  await place.say(keys, start);
  run.onStart(seats.ready(clock.now()), worst?.uncertaintyMs ?? 0);
  return start;
}

/** From the start on, until every share has ended in some way. */
async function follow(run: Run, start: Order): Promise<readonly ShareOutcome[]> {
  const { clock, seats, tasks, signal } = run;
  const { forMs = 0, timeoutMs = 0 } = tasks[0]?.order ?? {};
  const untilMs = clock.now() + LEAD_MS + forMs + timeoutMs + TELL_WITHIN_MS;
  let order = start;
  let stopUntilMs = Number.POSITIVE_INFINITY;
  let renewedMs = clock.now();
  for (;;) {
    run.assertUnderstood();
    const nowMs = clock.now();
    seats.loseSilent(nowMs);
    if (nowMs >= untilMs) seats.loseRest('did not end in time');
    if (nowMs >= stopUntilMs) seats.loseRest('did not stop in time');
    const { outcomes } = seats;
    const ended = outcomes.filter((outcome) => outcome !== undefined);
    if (ended.length === tasks.length) return ended;
    const isSpoiled = ended.some(({ kind }) => kind !== 'done');
    const isStopping = order.kind !== 'over' && (signal.aborted || isSpoiled);
    if (isStopping) {
      order = { kind: 'over' };
      stopUntilMs = nowMs + STOP_WITHIN_MS;
    }
    if (isStopping || nowMs - renewedMs >= RENEW_MS) {
      renewedMs = nowMs;
      // When it cannot be renewed, agents and we lose each other, and then it is told.
      await renew(run, order).catch(() => undefined);
    }
    await clock.sleep(BEAT_MS);
  }
}

async function renew({ place, keys }: Run, order: Order): Promise<void> {
  await place.say(keys, order);
  await place.letExpire(keys);
}

function tooFew({ tasks, waitMs, redis }: Run, ready: readonly string[]): Error {
  return agentError({
    kind: 'environment',
    code: 'NOT_ENOUGH_AGENTS',
    message: `${ready.length} of ${tasks.length} agents were ready within ${waitMs / 1_000} s${ready.length === 0 ? '' : `: ${ready.join(', ')}`}`,
    hint: `On each machine that is to take part: stormcart agent --redis ${redis.isEncrypted ? 'rediss' : 'redis'}://${redis.shown}`,
  });
}
