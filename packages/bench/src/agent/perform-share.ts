import { type Clock, messageOf } from '@stormcart/core';
import type { ShareProgress } from '../share/run-share.ts';
import type { ShareOutcome } from '../share/share-outcome.ts';
import { type ShareProcess, startShareProcess } from '../share/share-process.ts';
import type { ShareTask } from '../share/share-task.ts';
import type { Final, News, Order } from './agent-message.ts';
import { type BatchCarrier, createBatchCarrier } from './batch-carrier.ts';
import { type ClockOffset, certainDriftMs, createClockOffset, type OffsetEstimate } from './clock-offset.ts';
import type { MeetingPlace } from './meeting-place.ts';
import type { RunKeys } from './run-keys.ts';

export interface PerformShareOptions {
  readonly task: ShareTask;
  /** This agent's. */
  readonly name: string;
  readonly place: MeetingPlace;
  readonly keys: RunKeys;
  readonly clock: Clock;
  readonly tell: (news: News) => Promise<void>;
  /** Whoever runs the agent wants it to leave. */
  readonly signal: AbortSignal;
  readonly onBegin: (inMs: number) => void;
}

/** How often it listens, looks at the clock and tells its news. */
const BEAT_MS = 250;
/** So many looks at the clock before it says that it is ready. */
const FIRST_LOOKS = 8;
/** After so long without a word from Redis the load has nobody who would count it. */
const SILENCE_MS = 10_000;

/** As far as two clocks may be apart at the start, they may go apart later. */
export const DRIFT_MS_MAX = 25;
/** As long as whoever shares out waits after the plan. */
const HAND_OVER_WITHIN_MS = 20_000;

/** Runs a share in a process of its own, from the common start on, and says how it ended. Never throws. */
export async function performShare(options: PerformShareOptions): Promise<Final> {
  const { name, task, place, keys, clock } = options;
  const over = new AbortController();
  let progress: ShareProgress | undefined;
  const carrier = createBatchCarrier({
    place,
    keys,
    clock,
    signal: over.signal,
    onHandedOver: (byteCount) => driver.taken(byteCount),
  });
  const driver: ShareProcess = startShareProcess({
    task,
    name: `the driver process of agent ${name}`,
    onProgress: (latest) => {
      progress = latest;
    },
    onBatch: (batch) => carrier.add(batch),
  });
  try {
    const watched = watch(options, driver, () => progress, over.signal);
    const first = await Promise.race([driver.outcome, watched]);
    if (first.kind === 'done') return await handOverRest(options, { ...first, name }, carrier);
    if (first.kind === 'lost') return { ...first, name };
    // Nobody's fault but the network's: what is missing is figures, not a share that could not be run.
    if (first.error.code === 'SAMPLES_NOT_TAKEN') {
      return { kind: 'lost', name, reason: `agent ${name}: ${first.error.message}` };
    }
    return { kind: 'failed', name, error: describe(first) };
  } catch (error) {
    return { kind: 'lost', name, reason: `agent ${name}: ${messageOf(error)}` };
  } finally {
    over.abort();
    driver.kill();
  }
}

/** A share has ended when all that it has seen is there; news go on meanwhile. */
async function handOverRest(
  { name, clock }: PerformShareOptions,
  final: Extract<Final, { kind: 'done' }>,
  carrier: BatchCarrier,
): Promise<Final> {
  const waited = new AbortController();
  const isThere = await Promise.race([
    carrier.idle().then(() => true),
    clock.sleep(HAND_OVER_WITHIN_MS, waited.signal).then(
      () => false,
      () => false,
    ),
  ]);
  waited.abort();
  if (isThere) return final;
  return { kind: 'lost', name, reason: `agent ${name} could not hand over what it saw` };
}

function describe({
  error,
}: Extract<ShareOutcome, { kind: 'failed' }>): Extract<Final, { kind: 'failed' }>['error'] {
  const { kind, code, message, hint } = error;
  return { kind, code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Beats until the share has ended; ends it when there is a reason to. */
async function watch(
  options: PerformShareOptions,
  driver: ShareProcess,
  progressNow: () => ShareProgress | undefined,
  over: AbortSignal,
): Promise<ShareOutcome> {
  const { name, place, keys, clock, signal, onBegin } = options;
  const lost = (why: string): ShareOutcome => ({ kind: 'lost', name, reason: `agent ${name} ${why}` });
  const offset = createClockOffset();
  for (let look = 0; look < FIRST_LOOKS; look += 1) offset.look(await place.look());
  if (!(await driver.isReady)) return driver.outcome;
  const tell = createTeller(options);
  let start: { readonly zeroMs: number; readonly offset: OffsetEstimate | undefined } | undefined;
  let changeCount = 0;
  let heardMs = clock.now();
  while (!over.aborted) {
    if (signal.aborted) return lost('was told to leave');
    const order = await hear(place, keys, offset);
    if (order !== 'silence') heardMs = clock.now();
    if (order === undefined) return lost('heard that whoever shared out the load is gone');
    if (clock.now() - heardMs > SILENCE_MS) return lost('has not heard from Redis for 10 s');
    if (order !== 'silence' && order.kind === 'over') {
      // What was measured until now still counts; before the start there is nothing.
      driver.stop();
      return driver.outcome;
    }
    if (order !== 'silence' && order.kind === 'start') {
      if (start === undefined) {
        const estimate = offset.estimate();
        start = { zeroMs: order.atMs - (estimate?.offsetMs ?? 0), offset: estimate };
        const inMs = start.zeroMs - clock.now();
        if (inMs < 0) return lost(`heard of the start ${Math.ceil(-inMs)} ms too late`);
        driver.begin(start.zeroMs);
        onBegin(inMs);
      }
      if (order.changes.length > changeCount) driver.steer(order.changes);
      changeCount = order.changes.length;
    }
    const driftMs = driftOf(start?.offset, offset.estimate());
    if (driftMs > DRIFT_MS_MAX) {
      return lost(`has a clock that went ${Math.ceil(driftMs)} ms away from the common one`);
    }
    tell(start?.zeroMs, progressNow(), offset);
    await clock.sleep(BEAT_MS);
  }
  return driver.outcome;
}

export function driftOf(before: OffsetEstimate | undefined, now: OffsetEstimate | undefined): number {
  return before === undefined || now === undefined ? 0 : certainDriftMs(before, now);
}

/** What is said, and at the same time what time it is there. `silence`: Redis did not answer. */
async function hear(
  place: MeetingPlace,
  keys: RunKeys,
  offset: ClockOffset,
): Promise<Order | 'silence' | undefined> {
  try {
    offset.look(await place.look());
    return await place.order(keys);
  } catch {
    return 'silence';
  }
}

/** News that nobody takes are not piled up: one at a time. */
function createTeller({ name, tell }: PerformShareOptions) {
  let isTelling = false;
  return (startMs: number | undefined, progress: ShareProgress | undefined, offset: ClockOffset): void => {
    if (isTelling) return;
    isTelling = true;
    const said = progress ?? { atMs: 0, answers: 0, ok: 0 };
    const uncertaintyMs = offset.estimate()?.uncertaintyMs ?? 0;
    const news: News =
      startMs === undefined ? { kind: 'ready', name, uncertaintyMs } : { kind: 'running', name, ...said };
    void tell(news)
      // Whoever hears nothing calls this agent lost, and says so.
      .catch(() => undefined)
      .finally(() => {
        isTelling = false;
      });
  };
}
