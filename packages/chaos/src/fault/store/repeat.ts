import { systemClock } from '@stormcart/core';

export interface Repetition {
  /** Ends it, and waits for the round that is under way. */
  stop(): Promise<void>;
}

/**
 * Does something every so often until it is stopped, one round after the other. A round that fails is no news: the
 * store may be away because of another fault, and is back for a later one.
 */
export function repeat(everyMs: number, round: (signal: AbortSignal) => Promise<void>): Repetition {
  const over = new AbortController();
  const { signal } = over;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await systemClock.sleep(everyMs, signal).catch(() => undefined);
      if (!signal.aborted) await round(signal).catch(() => undefined);
    }
  };
  const ended = run();
  return {
    stop: () => {
      over.abort(new Error('the fault is over'));
      return ended;
    },
  };
}
