import type { Clock } from '@stormcart/core';
import type { Arrivals } from './arrivals.ts';

export interface ArrivalLoopOptions {
  readonly arrivals: Arrivals;
  readonly clock: Clock;
  readonly zeroMs: number;
  readonly signal: AbortSignal;
  /** Called once per arrival, in order, never before its time; `launchedMs`: when the loop came round to it. */
  readonly launch: (index: number, intendedMs: number, launchedMs: number) => void;
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
  const { arrivals, clock, zeroMs, signal, launch } = options;
  return new Promise((resolve, reject) => {
    let index = 0;
    let lastLaunchMs = Number.NEGATIVE_INFINITY;
    let cancelTimer: (() => void) | undefined;
    let isOver = false;
    let turnNumber = 0;

    const stop = (): void => {
      isOver = true;
      cancelTimer?.();
      stopListening();
      signal.removeEventListener('abort', finish);
    };
    const finish = (): void => {
      stop();
      resolve();
    };
    const turn = (): void => {
      if (isOver) return;
      const nowMs = clock.now() - zeroMs;
      let dueMs = arrivals.dueMs();
      try {
        for (let launched = 0; launched < BATCH_MAX && dueMs !== undefined; launched += 1) {
          if (dueMs > nowMs) break;
          launch(index, dueMs, nowMs);
          index += 1;
          lastLaunchMs = nowMs;
          arrivals.take();
          dueMs = arrivals.dueMs();
        }
      } catch (error) {
        stop();
        reject(error);
        return;
      }
      if (dueMs === undefined || (dueMs > nowMs && nowMs >= arrivals.endMs)) finish();
      else wait(Math.min(dueMs, arrivals.endMs));
    };
    const wait = (dueMs: number): void => {
      const nowMs = clock.now() - zeroMs;
      const restMs = dueMs - nowMs;
      if (restMs <= 0 || (restMs <= SPIN_MS && nowMs - lastLaunchMs >= REST_MS)) turnSoon();
      else cancelTimer = clock.after(restMs, turn);
    };
    /** One turn at a time, whoever asks for it and how often. */
    const turnSoon = (): void => {
      turnNumber += 1;
      setImmediate(turnIfLatest, turnNumber);
    };
    const turnIfLatest = (number: number): void => {
      if (number === turnNumber) turn();
    };
    const stopListening = arrivals.onChange(() => {
      cancelTimer?.();
      turnSoon();
    });

    if (signal.aborted) {
      finish();
      return;
    }
    signal.addEventListener('abort', finish, { once: true });
    turn();
  });
}
