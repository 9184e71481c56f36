import { isOver } from '../fault/process/process-stat.ts';
import { setDescriptorLimit } from '../kernel/descriptors.ts';
import type { LayBurden } from './burden.ts';

/** Keeps the descriptor limit of another process low. A limit has no end of its own: this process is its end. */
export const layDescriptors: LayBurden<'descriptors'> = async ({ pid, identity, soft, usualSoft }) => {
  await setDescriptorLimit(pid, soft);
  return {
    amount: () => soft,
    lift: async () => {
      if (!(await isOver(pid, identity))) await setDescriptorLimit(pid, usualSoft);
    },
  };
};
