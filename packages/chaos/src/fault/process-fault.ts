import type { SystemProcess } from '@stormcart/core';
import type { Fault } from './fault.ts';
import { killPart } from './kill.ts';
import { pausePart } from './pause.ts';
import type { ProcessFaultName } from './process-kinds.ts';
import { restartPart } from './restart.ts';
import { settleAll } from './settle-all.ts';

/** What a process fault does to one of its processes. */
export interface ProcessPart {
  apply(signal: AbortSignal): Promise<void>;
  /** Does nothing where `apply` never began. */
  revert(signal: AbortSignal): Promise<void>;
  isGone(): Promise<boolean>;
  wasFelt(): Promise<boolean>;
}

/** Every action by its name in scenarios. */
const partTable: Readonly<Record<ProcessFaultName, (process: SystemProcess) => ProcessPart>> = {
  kill: killPart,
  pause: pausePart,
  restart: restartPart,
};

/** One action on one or more processes, at once. */
export function createProcessFault(
  id: string,
  action: ProcessFaultName,
  processes: readonly SystemProcess[],
): Fault {
  const parts = processes.map((process) => partTable[action](process));
  return {
    id,
    about: `${action} ${processes.map(({ name }) => name).join(', ')}`,
    apply: (_forMs, signal) => settleAll(parts.map((part) => part.apply(signal))),
    revert: (signal) => settleAll(parts.map((part) => part.revert(signal))),
    verifyGone: async () => (await Promise.all(parts.map((part) => part.isGone()))).every(Boolean),
    hits: async () => (await Promise.all(parts.map((part) => part.wasFelt()))).filter(Boolean).length,
  };
}
