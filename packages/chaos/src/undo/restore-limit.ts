import { z } from 'zod';
import { descriptorLimit, setDescriptorLimit } from '../kernel/descriptors.ts';
import { isSameLife, processRefSchema } from './process-ref.ts';
import type { Undo } from './undo.ts';

const details = processRefSchema.extend({
  /** The limit before anything was done to it. */
  soft: z.int().min(0),
});

type LimitDetails = z.infer<typeof details>;

/** Gives a process its descriptor limit back. */
export const restoreLimit: Undo<LimitDetails> = {
  details,
  about: ({ pid, soft }) => `set the descriptor limit of process ${pid} to ${soft}`,
  revert: async (step) => {
    if (!(await hasLimit(step))) await setDescriptorLimit(step.pid, step.soft);
  },
  isGone: hasLimit,
};

async function hasLimit({ soft, ...life }: LimitDetails): Promise<boolean> {
  if (!(await isSameLife(life))) return true;
  const limit = await descriptorLimit(life.pid);
  return limit === undefined || limit.soft === soft;
}
