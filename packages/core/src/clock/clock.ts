import { performance } from 'node:perf_hooks';

/** Time, injected so that decisions can be tested without waiting. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; the same origin in every process of one machine. */
  now(): number;
  /** Milliseconds since 1970, for people and file names; it may jump. */
  wallMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

// performance.now() is cheap but counts from this process's start; hrtime counts from the machine's
// (CLOCK_MONOTONIC), so one offset makes times of several processes comparable.
const originMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** setTimeout keeps a delay in 32 bits and fires at once beyond that. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => originMs + performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
