import { processIdentity, type SystemProcess } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import { processDown } from './process-down.ts';

/** One life of a process. */
export interface ProcessLife {
  readonly pid: number;
  /** Tells it from a later process with the same pid. */
  readonly identity: string;
}

/** The present life of a process. Rejects with a `ChaosError` when it has none, or the machine tells nothing of it. */
export async function lifeOf(process: SystemProcess, action: string): Promise<ProcessLife> {
  const pid = process.pid();
  if (pid === undefined) throw processDown(process.name, action);
  const identity = await processIdentity(pid);
  if (identity !== undefined) return { pid, identity };
  if (globalThis.process.platform === 'linux') throw processDown(process.name, action);
  throw new ChaosError({
    kind: 'environment',
    code: 'UNFIT_PROCESS',
    message: `cannot ${action} ${process.name}: this machine has no /proc`,
    hint: 'It needs Linux.',
  });
}
