import { type Clock, messageOf } from '@stormcart/core';
import { agentError } from './agent-error.ts';
import type { MeetingPlace } from './meeting-place.ts';
import type { RunKeys } from './run-keys.ts';

/** Takes what agents have seen out of the Redis. */
export interface BatchPump {
  /** Throws BAD_MESSAGE once there was something that nobody understands. */
  assertUnderstood(): void;
  /** Takes what is there now, to the last. */
  drain(): Promise<void>;
  /** Nothing is taken any more. */
  close(): Promise<void>;
}

export interface BatchPumpOptions {
  readonly place: Pick<MeetingPlace, 'oldestBatches' | 'dropBatches'>;
  readonly keys: RunKeys;
  readonly clock: Clock;
  /** Called in the order in which they were handed over; the same one may come twice. */
  readonly onBatch: (batch: Buffer) => void;
}

/** With what agents wait before they hand over (200 ms), figures are a third of a second old. */
const LOOK_EVERY_MS = 100;
/** At once; 4 MiB of the usual ones. */
const TAKEN_MAX = 64;
/** While Redis is away for a moment, the last word of agents that have ended is waited for. */
const DRAIN_WITHIN_MS = 5_000;

export function openBatchPump({ place, keys, clock, onBatch }: BatchPumpOptions): BatchPump {
  const over = new AbortController();
  let failure: unknown;
  /** How many there were. Throws what Redis throws. */
  const take = async (): Promise<number> => {
    const batches = await place.oldestBatches(keys, TAKEN_MAX);
    if (batches.length === 0) return 0;
    try {
      for (const batch of batches) onBatch(batch);
    } catch (error) {
      failure ??= error;
    }
    await place.dropBatches(keys, batches.length);
    return batches.length;
  };
  const pumping = (async () => {
    while (!over.signal.aborted) {
      // Whether Redis is there is for those to say who listen for agents.
      const count = await take().catch(() => 0);
      if (count < TAKEN_MAX) await clock.sleep(LOOK_EVERY_MS, over.signal).catch(() => undefined);
    }
  })();
  const stop = async (): Promise<void> => {
    over.abort();
    await pumping;
  };
  return {
    assertUnderstood: () => {
      if (failure === undefined) return;
      throw agentError({
        kind: 'environment',
        code: 'BAD_MESSAGE',
        message: messageOf(failure),
        hint: 'Is the same version of Stormcart running on all machines?',
        cause: failure,
      });
    },
    drain: async () => {
      await stop();
      const untilMs = clock.now() + DRAIN_WITHIN_MS;
      for (;;) {
        const count = await take().catch(() => undefined);
        if (count === 0 || clock.now() >= untilMs) return;
        if (count === undefined) await clock.sleep(LOOK_EVERY_MS);
      }
    },
    close: stop,
  };
}
