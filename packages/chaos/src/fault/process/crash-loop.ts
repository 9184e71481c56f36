import { pollUntil, type SystemProcess, signalTree, systemClock } from '@stormcart/core';
import type { AttributeValues } from '../attribute.ts';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';

const POLL_MS = 5;

/**
 * SIGKILL to the process and its group, and to each new life as soon as it is ready, but not more often than `every`.
 * The end is the last life's being ready. A hit is a life that was taken.
 */
export function crashLoopPart(process: SystemProcess, { every }: AttributeValues): ProcessPart {
  const over = new AbortController();
  let killedPid: number | undefined;
  let kills = 0;
  let loop: Promise<void> | undefined;

  const untilNextLife = async (signal: AbortSignal): Promise<void> => {
    // The supervisor may not have noticed yet and still call the dead one ready.
    await pollUntil(async () => process.pid() !== killedPid, { everyMs: POLL_MS, signal });
    await process.whenReady(signal);
  };
  const kill = (): void => {
    const pid = process.pid();
    if (pid === undefined || !signalTree(pid, 'SIGKILL')) return;
    killedPid = pid;
    kills += 1;
  };
  const killOn = async (): Promise<void> => {
    for (;;) {
      const lastMs = systemClock.now();
      await untilNextLife(over.signal);
      await systemClock.sleep(Number(every) - (systemClock.now() - lastMs), over.signal);
      kill();
    }
  };

  return {
    apply: async ({ signal }) => {
      signal.throwIfAborted();
      if (process.pid() === undefined) throw processDown(process.name, 'crash_loop');
      kill();
      // It ends with `over` only, or with the process's being stopped for good.
      loop = killOn().catch(() => undefined);
    },
    revert: async (signal) => {
      over.abort();
      await loop;
      if (killedPid !== undefined) await untilNextLife(signal);
    },
    isGone: async () => process.state() === 'ready',
    hits: async () => kills,
  };
}
