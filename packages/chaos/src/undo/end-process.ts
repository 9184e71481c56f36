import { pollUntil, signalTree } from '@stormcart/core';
import { z } from 'zod';
import { isOver } from '../fault/process/process-stat.ts';
import type { Undo } from './undo.ts';

interface ProcessDetails {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly identity: string;
}

/** Death by SIGKILL takes the kernel a moment, longer for much memory. */
const POLL_MS = 5;

/** Ends a process that a fault has started. What such a process holds goes with it. */
export const endProcess: Undo<ProcessDetails> = {
  details: z.strictObject({ pid: z.int().min(2), identity: z.string() }),
  about: ({ pid }) => `end process ${pid}`,
  revert: async ({ pid, identity }, signal) => {
    if (await isOver(pid, identity)) return;
    signalTree(pid, 'SIGKILL');
    await pollUntil(() => isOver(pid, identity), { everyMs: POLL_MS, signal });
  },
  isGone: ({ pid, identity }) => isOver(pid, identity),
};
