import { pollUntil, type SystemProcess, signalTree } from '@stormcart/core';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';

const POLL_MS = 5;

/**
 * The process's own stop signal, as from an orchestrator that wants it gone; whoever supervises it starts it again.
 * The fault's time is its grace: what has not ended by then is killed. The end is its being ready again.
 */
export function terminatePart(process: SystemProcess): ProcessPart {
  let oldPid: number | undefined;
  return {
    apply: async () => {
      const pid = process.pid();
      if (pid === undefined) throw processDown(process.name, 'terminate');
      oldPid = pid;
      signalTree(pid, process.stopSignal ?? 'SIGTERM');
    },
    revert: async (signal) => {
      if (oldPid === undefined) return;
      if (process.pid() === oldPid) signalTree(oldPid, 'SIGKILL');
      await pollUntil(async () => process.pid() !== oldPid, { everyMs: POLL_MS, signal });
      await process.whenReady(signal);
    },
    isGone: async () => process.state() === 'ready',
    hits: async () => (oldPid !== undefined && process.pid() !== oldPid ? 1 : 0),
  };
}
