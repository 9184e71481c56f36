import { type Clock, systemClock } from '@stormcart/core';
import type { ShareProgress } from './run-share.ts';
import type { ShareOutcome } from './share-outcome.ts';
import { startShareProcess } from './share-process.ts';
import type { ShareTask } from './share-task.ts';

export interface RunProcessesOptions {
  /** One for each process. */
  readonly tasks: readonly ShareTask[];
  /** Ends the load early; what was measured until then is the outcome. */
  readonly signal: AbortSignal;
  /** Of the share with this index. */
  readonly onProgress: (index: number, progress: ShareProgress) => void;
  /** All wait for their beginning. */
  readonly onReady?: (pids: readonly (number | undefined)[]) => void;
  readonly clock?: Clock;
}

/** From the word to the beginning: every process has heard it by then, also on a busy machine. */
const LEAD_MS = 200;

/**
 * Runs each share in a process of its own, all from one moment on. As soon as one is lost or fails, the others stop:
 * there is nothing left to find out.
 */
export async function runProcesses(options: RunProcessesOptions): Promise<readonly ShareOutcome[]> {
  const { tasks, signal, onProgress, onReady, clock = systemClock } = options;
  const drivers = tasks.map((task, index) =>
    startShareProcess({
      task,
      name: `driver process ${index + 1} of ${tasks.length}`,
      onProgress: (progress) => onProgress(index, progress),
    }),
  );
  const stopAll = (): void => {
    for (const driver of drivers) driver.stop();
  };
  const endAll = (): void => {
    for (const driver of drivers) driver.kill();
  };
  // Whatever ends this process, they end with it; those that outlive it see that it is gone.
  process.once('exit', endAll);
  signal.addEventListener('abort', stopAll, { once: true });
  try {
    const ready = await Promise.all(drivers.map((driver) => driver.isReady));
    if (ready.every(Boolean)) {
      onReady?.(drivers.map(({ pid }) => pid));
      const zeroMs = clock.now() + LEAD_MS;
      for (const driver of drivers) driver.begin(zeroMs);
    }
    if (signal.aborted || !ready.every(Boolean)) stopAll();
    return await Promise.all(
      drivers.map(async ({ outcome }) => {
        const ended = await outcome;
        if (ended.kind !== 'done') stopAll();
        return ended;
      }),
    );
  } finally {
    signal.removeEventListener('abort', stopAll);
    process.off('exit', endAll);
    endAll();
  }
}
