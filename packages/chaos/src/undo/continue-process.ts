import { processIdentity, signalTree } from '@stormcart/core';
import { processState } from '../fault/process/process-stat.ts';
import { type ProcessRef, processRefSchema } from './process-ref.ts';
import type { Undo } from './undo.ts';

/** Lets a stopped process and its group go on. */
export const continueProcess: Undo<ProcessRef> = {
  details: processRefSchema,
  about: ({ pid }) => `let process ${pid} go on`,
  revert: async ({ pid, identity }) => {
    if ((await processIdentity(pid)) === identity) signalTree(pid, 'SIGCONT');
  },
  isGone: async ({ pid, identity }) =>
    (await processIdentity(pid)) !== identity || (await processState(pid)) !== 'T',
};
