import { z } from 'zod';
import { isOver } from '../fault/process/process-stat.ts';
import { descriptorLimit, setDescriptorLimit } from '../kernel/descriptors.ts';
import type { Undo } from './undo.ts';

interface LimitDetails {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly identity: string;
  /** The limit before anything was done to it. */
  readonly soft: number;
}

/** Gives a process its descriptor limit back. */
export const restoreLimit: Undo<LimitDetails> = {
  details: z.strictObject({ pid: z.int().min(2), identity: z.string(), soft: z.int().min(0) }),
  about: ({ pid, soft }) => `set the descriptor limit of process ${pid} to ${soft}`,
  revert: async (details) => {
    if (!(await hasLimit(details))) await setDescriptorLimit(details.pid, details.soft);
  },
  isGone: (details) => hasLimit(details),
};

async function hasLimit({ pid, identity, soft }: LimitDetails): Promise<boolean> {
  if (await isOver(pid, identity)) return true;
  const limit = await descriptorLimit(pid);
  return limit === undefined || limit.soft === soft;
}
