import type { SystemProcess } from '@stormcart/core';
import type { AttributeValues } from '../attribute.ts';
import type { Fault, Lease } from '../fault.ts';
import type { CheckedSpec } from '../fault-family.ts';
import { settleAll } from '../settle-all.ts';
import { killPart } from './kill.ts';
import { pausePart } from './pause.ts';
import type { ProcessFaultName } from './process-kinds.ts';
import { restartPart } from './restart.ts';

/** What a process fault does to one of its processes. */
export interface ProcessPart {
  apply(lease: Lease): Promise<void>;
  /** Does nothing where `apply` never began. */
  revert(signal: AbortSignal): Promise<void>;
  isGone(): Promise<boolean>;
  wasFelt(): Promise<boolean>;
}

type MakePart = (process: SystemProcess, attributes: AttributeValues) => ProcessPart;

/** Every action by its name in scenarios. */
const partTable: Readonly<Record<ProcessFaultName, MakePart>> = {
  kill: killPart,
  pause: pausePart,
  restart: restartPart,
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
    verifyGone: async () => (await Promise.all(parts.map((part) => part.isGone()))).every(Boolean),
    hits: async () => (await Promise.all(parts.map((part) => part.wasFelt()))).filter(Boolean).length,
  };
}
