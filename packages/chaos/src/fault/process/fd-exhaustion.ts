import type { SystemProcess } from '@stormcart/core';
import { BurdenProcess } from '../../burden/burden-process.ts';
import {
  descriptorLimit,
  freeBelow,
  limitWithFree,
  openDescriptors,
  setDescriptorLimit,
} from '../../kernel/descriptors.ts';
import type { AttributeValues } from '../attribute.ts';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';
import { lifeOf, type ProcessLife } from './process-life.ts';
import { isOver } from './process-stat.ts';

/** The limit of one life of a process, and which faults want it how low. */
interface HeldLimit extends ProcessLife {
  readonly usualSoft: number;
  readonly wanted: Map<object, number>;
}

/**
 * It hangs on the process itself, because two faults that know nothing of each other may hold the same limit, and
 * only the last one out may set it back.
 */
const heldLimits = new WeakMap<SystemProcess, HeldLimit>();

/**
 * Takes a process's free file descriptors away by lowering its limit to what it has open: the next open, accept or
 * connect fails as it does after a leak. What is open works on, and what is closed is free again. A hit is a
 * descriptor that was taken away. A new life of the process has its usual limit.
 */
export function fdExhaustionPart(process: SystemProcess, { leave }: AttributeValues): ProcessPart {
  const holder = {};
  let held: HeldLimit | undefined;
  let burden: BurdenProcess | undefined;
  let takenCount = 0;
  return {
    apply: async (lease) => {
      held = await holdLimit(process);
      const { pid, identity, usualSoft } = held;
      const open = await openDescriptors(pid);
      const soft = Math.min(limitWithFree(open, Number(leave)), usualSoft);
      await lease.journal({ kind: 'restore-limit', pid, identity, soft: usualSoft });
      held.wanted.set(holder, soft);
      burden = new BurdenProcess({ name: process.name, pid });
      await burden.lay({ kind: 'descriptors', pid, identity, soft: lowest(held), usualSoft }, lease);
      takenCount = freeBelow(open, usualSoft) - freeBelow(open, soft);
    },
    revert: async () => {
      held?.wanted.delete(holder);
      await burden?.lift();
      if (held === undefined || (await isOver(held.pid, held.identity))) return;
      // Its burden has given back the usual limit, or was killed before it could.
      if (!(await hasLimit(held))) await setDescriptorLimit(held.pid, lowest(held));
    },
    isGone: async () => {
      if (burden !== undefined && !(await burden.isGone())) return false;
      return held === undefined || (await isOver(held.pid, held.identity)) || hasLimit(held);
    },
    hits: async () => takenCount,
  };
}

async function holdLimit(process: SystemProcess): Promise<HeldLimit> {
  const life = await lifeOf(process, 'fd_exhaustion');
  const limit = await descriptorLimit(life.pid);
  if (limit === undefined) throw processDown(process.name, 'fd_exhaustion');
  const known = heldLimits.get(process);
  if (known !== undefined && known.identity === life.identity && known.wanted.size > 0) return known;
  const held = { ...life, usualSoft: limit.soft, wanted: new Map<object, number>() };
  heldLimits.set(process, held);
  return held;
}

/** What the faults that are on want; the usual limit when there is none. */
function lowest({ wanted, usualSoft }: HeldLimit): number {
  return Math.min(usualSoft, ...wanted.values());
}

async function hasLimit(held: HeldLimit): Promise<boolean> {
  const limit = await descriptorLimit(held.pid);
  return limit === undefined || limit.soft === lowest(held);
}
