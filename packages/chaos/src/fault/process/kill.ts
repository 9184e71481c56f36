import { isAlive, pollUntil, type SystemProcess, signalTree } from '@stormcart/core';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';

/** Death by SIGKILL takes the kernel a moment, longer for much memory. */
const POLL_MS = 5;

/** SIGKILL to the process and its group. The end is whoever supervises it having it ready again. */
export function killPart(process: SystemProcess): ProcessPart {
  let killedPid: number | undefined;
  let isDead = false;
  return {
    apply: async ({ signal }) => {
      const pid = process.pid();
      if (pid === undefined) throw processDown(process.name, 'kill');
      killedPid = pid;
      signalTree(pid, 'SIGKILL');
      await pollUntil(async () => !(await isAlive(pid)), { everyMs: POLL_MS, signal });
      isDead = true;
    },
    revert: async (signal) => {
      if (killedPid === undefined) return;
      // The supervisor may not have noticed yet and still call the dead one ready.
      await pollUntil(async () => process.pid() !== killedPid, { everyMs: POLL_MS, signal });
      await process.whenReady(signal);
    },
    isGone: async () => process.state() === 'ready',
    hits: async () => (isDead || (killedPid !== undefined && process.pid() !== killedPid) ? 1 : 0),
  };
}
