import type { Clock } from '@stormcart/core';

/**
 * Calls back when the time has come, never before: a timer alone may come up to 2 ms early, because Node drops a delay's
 * fraction and counts from the beginning of the loop's turn. At once, inside the call, where the time is past already.
 */
export function atDueTime(clock: Clock, dueMs: number, callback: () => void): () => void {
  let cancelTimer: (() => void) | undefined;
  const look = (): void => {
    const leftMs = dueMs - clock.now();
    if (leftMs > 0) cancelTimer = clock.after(Math.ceil(leftMs), look);
    else callback();
  };
  look();
  return () => cancelTimer?.();
}
