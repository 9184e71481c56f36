import type { BootContext, Supervisor } from '@stormcart/core';

/** Settles as the work does, but rejects with the signal's reason as soon as that is aborted. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const finished = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: finished.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    finished.abort();
  }
}

/**
 * The same boot, in which nobody waits for a process to become ready once the signal is aborted, and none is
 * started any more. What was started stays with the supervisor, whose owner ends it.
 */
export function abortableBoot(context: BootContext, signal: AbortSignal): BootContext {
  const { supervisor } = context;
  const guarded: Supervisor = {
    ...supervisor,
    start: async (spec) => {
      signal.throwIfAborted();
      return orAborted(supervisor.start(spec), signal);
    },
  };
  return { ...context, supervisor: guarded, signal };
}
