import type { Clock } from '@stormcart/core';

export interface ArrivalLoopOptions {
  /** Intended starts in ms since the run's zero, never falling. */
  readonly startTimes: Iterator<number>;
  readonly clock: Clock;
  readonly zeroMs: number;
  readonly signal: AbortSignal;
  /** Called once per arrival, in order, never before its time. */
  readonly launch: (index: number, intendedMs: number) => void;
}

/**
 * After a stall everything that is overdue is launched at once, but answers must be read in between,
 * or the launching itself would add to their latency.
 */
const BATCH_MAX = 256;
/**
 * Node's timers keep whole milliseconds and fire late rather than early, half a millisecond on
 * average. Turning the loop over the last bit halves that.
 */
const SPIN_MS = 0.3;
/** Spinning may take 5 % of a core that the system under test wants too: only after this long a rest. */
const REST_MS = 20 * SPIN_MS;

/**
 * Launches each arrival at its intended start, whatever became of those before it. A late one is
 * launched as soon as possible with its intended start unchanged; none is skipped or invented.
 * Resolves after the last one, or when aborted.
 */
export function runArrivals(options: ArrivalLoopOptions): Promise<void> {
  const { startTimes, clock, zeroMs, signal, launch } = options;
  return new Promise((resolve, reject) => {
    let next = startTimes.next();
    let index = 0;
    let lastLaunchMs = Number.NEGATIVE_INFINITY;
    let cancelTimer: (() => void) | undefined;

    const finish = (): void => {
      cancelTimer?.();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const turn = (): void => {
      if (signal.aborted) return;
      const nowMs = clock.now() - zeroMs;
      try {
        for (let launched = 0; launched < BATCH_MAX && next.done !== true; launched += 1) {
          if (next.value > nowMs) break;
          launch(index, next.value);
          index += 1;
          lastLaunchMs = nowMs;
          next = startTimes.next();
        }
      } catch (error) {
        signal.removeEventListener('abort', finish);
        reject(error);
        return;
      }
      if (next.done === true) finish();
      else wait(next.value);
    };
    const wait = (dueMs: number): void => {
      const nowMs = clock.now() - zeroMs;
      const restMs = dueMs - nowMs;
      if (restMs <= 0 || (restMs <= SPIN_MS && nowMs - lastLaunchMs >= REST_MS)) setImmediate(turn);
      else cancelTimer = clock.after(restMs, turn);
    };

    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener('abort', finish, { once: true });
    turn();
  });
}
