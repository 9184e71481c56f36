import { processIdentity, signalTree } from '@stormcart/core';
import { z } from 'zod';
import { processState } from '../fault/process/process-stat.ts';
import type { Undo } from './undo.ts';

interface ProcessDetails {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly identity: string;
}

/** Lets a stopped process and its group go on. */
export const continueProcess: Undo<ProcessDetails> = {
  details: z.strictObject({ pid: z.int().min(2), identity: z.string() }),
  about: ({ pid }) => `let process ${pid} go on`,
  revert: async ({ pid, identity }) => {
    if ((await processIdentity(pid)) === identity) signalTree(pid, 'SIGCONT');
  },
  isGone: async ({ pid, identity }) =>
    (await processIdentity(pid)) !== identity || (await processState(pid)) !== 'T',
};
