import { pollUntil, signalTree } from '@stormcart/core';
import { isSameLife, type ProcessRef, processRefSchema } from './process-ref.ts';
import type { Undo } from './undo.ts';

/** Death by SIGKILL takes the kernel a moment, longer for much memory. */
const POLL_MS = 5;

/** Ends a process that a fault has started. What such a process holds goes with it. */
export const endProcess: Undo<ProcessRef> = {
  details: processRefSchema,
  about: ({ pid }) => `end process ${pid}`,
  revert: async (life, signal) => {
    if (!(await isSameLife(life))) return;
    signalTree(life.pid, 'SIGKILL');
    await pollUntil(async () => !(await isSameLife(life)), { everyMs: POLL_MS, signal });
  },
  isGone: async (life) => !(await isSameLife(life)),
};
