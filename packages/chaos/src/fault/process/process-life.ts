import type { SystemProcess } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import { type ProcessRef, processRef } from '../../undo/process-ref.ts';
import { processDown } from './process-down.ts';

/** The present life of a process. Rejects with a `ChaosError` when it has none, or the machine tells nothing of it. */
export async function lifeOf(process: SystemProcess, action: string): Promise<ProcessRef> {
  const pid = process.pid();
  if (pid === undefined) throw processDown(process.name, action);
  const life = await processRef(pid);
  if (life !== undefined) return life;
  if (globalThis.process.platform === 'linux') throw processDown(process.name, action);
  throw new ChaosError({
    kind: 'environment',
    code: 'UNFIT_PROCESS',
    message: `cannot ${action} ${process.name}: this machine has no /proc`,
    hint: 'It needs Linux.',
  });
}
