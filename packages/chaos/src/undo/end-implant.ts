import { z } from 'zod';
import { isSameLife, processRefSchema } from './process-ref.ts';
import type { Undo } from './undo.ts';

const details = processRefSchema.extend({
  token: z.string(),
  /** Where the process listened before its inspector was opened. */
  usualPorts: z.array(z.int().min(1).max(65_535)),
});

/** Ends what was planted in a Node process, and closes an inspector that was left open on the way. */
export const endImplant: Undo<z.infer<typeof details>> = {
  details,
  about: ({ pid }) => `end what was planted in process ${pid}`,
  revert: async ({ token, ...life }, signal) => {
    if (!(await isSameLife(life))) return;
    const { uprootFrom } = await import('../implant/implant.ts');
    await uprootFrom(life.pid, token, signal);
  },
  isGone: async (step) => {
    if (!(await isSameLife(step))) return true;
    const { isFreeOf } = await import('../implant/implant.ts');
    return isFreeOf(step.pid, step);
  },
};
