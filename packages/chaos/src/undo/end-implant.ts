import { z } from 'zod';
import { isOver } from '../fault/process/process-stat.ts';
import { isFreeOf, uprootFrom } from '../implant/implant.ts';
import type { Undo } from './undo.ts';

interface ImplantDetails {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly identity: string;
  readonly token: string;
}

/** Ends what was planted in a Node process, and closes an inspector that was left open on the way. */
export const endImplant: Undo<ImplantDetails> = {
  details: z.strictObject({ pid: z.int().min(2), identity: z.string(), token: z.string() }),
  about: ({ pid }) => `end what was planted in process ${pid}`,
  revert: async ({ pid, identity, token }, signal) => {
    if (!(await isOver(pid, identity))) await uprootFrom(pid, token, signal);
  },
  isGone: async ({ pid, identity, token }, signal) =>
    (await isOver(pid, identity)) || (await isFreeOf(pid, token, signal)),
};
