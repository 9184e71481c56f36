import type { Clock } from '@stormcart/core';

/** Gives a task this long and not a moment more, even if it ignores its signal; rejects when time is up. */
export async function bounded<Value>(
  clock: Clock,
  limitMs: number,
  what: string,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(limitMs, () => {
    const error = new Error(`${what} took longer than ${limitMs} ms`);
    controller.abort(error);
    late.reject(error);
  });
  try {
    return await Promise.race([task(controller.signal), late.promise]);
  } finally {
    cancel();
  }
}
