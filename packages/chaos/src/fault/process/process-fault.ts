import type { SystemProcess } from '@stormcart/core';
import type { AttributeValues } from '../attribute.ts';
import type { Fault, Lease } from '../fault.ts';
import type { CheckedSpec } from '../fault-family.ts';
import { settleAll } from '../settle-all.ts';
import { clockStepPart } from './clock-step.ts';
import { cpuBurnPart } from './cpu-burn.ts';
import { crashLoopPart } from './crash-loop.ts';
import { diskFillPart } from './disk-fill.ts';
import { eventLoopStallPart } from './event-loop-stall.ts';
import { fdExhaustionPart } from './fd-exhaustion.ts';
import { killPart } from './kill.ts';
import { memoryHogPart } from './memory-hog.ts';
import { pausePart } from './pause.ts';
import type { ProcessFaultName } from './process-kinds.ts';
import { restartPart } from './restart.ts';
import { terminatePart } from './terminate.ts';

/** What a process fault does to one of its processes. */
export interface ProcessPart {
  apply(lease: Lease): Promise<void>;
  /** Does nothing where `apply` never began. */
  revert(signal: AbortSignal): Promise<void>;
  isGone(signal: AbortSignal): Promise<boolean>;
  /** How often it was felt, asked when it is over. */
  hits(): Promise<number>;
}

type MakePart = (process: SystemProcess, attributes: AttributeValues) => ProcessPart;

/** Every action by its name in scenarios. */
const partTable: Readonly<Record<ProcessFaultName, MakePart>> = {
  kill: killPart,
  terminate: terminatePart,
  pause: pausePart,
  restart: restartPart,
  crash_loop: crashLoopPart,
  cpu_burn: cpuBurnPart,
  memory_hog: memoryHogPart,
  event_loop_stall: eventLoopStallPart,
  fd_exhaustion: fdExhaustionPart,
  disk_fill: diskFillPart,
  clock_step: clockStepPart,
};

/** One action on one or more processes, at once. */
export function createProcessFault({
  id,
  kind,
  targets,
  names,
  attributes,
}: CheckedSpec<SystemProcess>): Fault {
  const make = partTable[kind as ProcessFaultName];
  const parts = targets.map((process) => make(process, attributes));
  return {
    id,
    about: `${kind} ${names.join(', ')}`,
    apply: (lease) => settleAll(parts.map((part) => part.apply(lease))),
    revert: (signal) => settleAll(parts.map((part) => part.revert(signal))),
    verifyGone: async (signal) =>
      (await Promise.all(parts.map((part) => part.isGone(signal)))).every(Boolean),
    hits: async () => {
      const counts = await Promise.all(parts.map((part) => part.hits()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}
