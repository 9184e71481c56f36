import {
  descriptorLimit,
  freeBelow,
  limitWithFree,
  openDescriptors,
  setDescriptorLimit,
} from '../kernel/descriptors.ts';
import { inspectorFailed } from './inspector-session.ts';

/**
 * Starting an inspector takes 7 descriptors and each connection one; Node aborts when it gets none. The rest is for
 * what the process itself opens meanwhile.
 */
const NEEDED = 32;

/**
 * Makes sure that a process can open what an inspector needs, also while a fault keeps its limit low. Returns how to
 * take it back.
 */
export async function lendDescriptors(pid: number): Promise<() => Promise<void>> {
  const [limit, open] = await Promise.all([descriptorLimit(pid), openDescriptors(pid)]);
  if (limit === undefined || freeBelow(open, limit.soft) >= NEEDED) return async () => undefined;
  const lent = limitWithFree(open, NEEDED);
  if (lent > limit.hard) {
    throw inspectorFailed(
      `process ${pid} has used up its ${limit.hard} file descriptors, so its inspector cannot be opened`,
    );
  }
  await setDescriptorLimit(pid, lent);
  return async () => {
    // Whoever has set it meanwhile, has set it for good.
    if ((await descriptorLimit(pid))?.soft === lent) await setDescriptorLimit(pid, limit.soft);
  };
}
