import type { Clock } from '@stormcart/core';
import type { MeetingPlace } from './meeting-place.ts';
import type { RunKeys } from './run-keys.ts';

/** Brings what a driver process has seen to the Redis, in order. */
export interface BatchCarrier {
  add(batch: Uint8Array): void;
  /** Resolves when all that was added is there. */
  idle(): Promise<void>;
}

export interface BatchCarrierOptions {
  readonly place: Pick<MeetingPlace, 'handOver' | 'waitingBatches'>;
  readonly keys: RunKeys;
  readonly clock: Clock;
  /** Ends it; what has not been handed over by then never is. */
  readonly signal: AbortSignal;
  /** Somebody has it now. */
  readonly onHandedOver: (byteCount: number) => void;
}

/** Of all agents together: with the largest batches (320 KiB) 160 MiB of Redis, and with usual ones a tenth. */
const WAITING_BATCHES_MAX = 512;
const LOOK_AGAIN_MS = 100;

/**
 * One batch at a time. One whose answer is lost is handed over again, which whoever takes it sees by its number. How
 * much may wait here is the driver's to say: it hears of every byte that has left.
 */
export function createBatchCarrier(options: BatchCarrierOptions): BatchCarrier {
  const { place, keys, clock, signal, onHandedOver } = options;
  const waiting: Uint8Array[] = [];
  let carrying: Promise<void> | undefined;

  const pause = (): Promise<void> => clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
  const handOver = async (batch: Uint8Array): Promise<void> => {
    while (!signal.aborted) {
      try {
        let there = await place.handOver(keys, batch);
        onHandedOver(batch.length);
        while (there > WAITING_BATCHES_MAX && !signal.aborted) {
          await pause();
          there = await place.waitingBatches(keys).catch(() => there);
        }
        return;
      } catch {
        // Redis is away for a moment, or for good, which others notice.
        await pause();
      }
    }
  };
  const carry = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await handOver(batch);
    carrying = undefined;
  };
  return {
    add: (batch) => {
      waiting.push(batch);
      carrying ??= carry();
    },
    idle: async () => {
      await carrying;
    },
  };
}
