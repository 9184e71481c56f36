import type { SystemProcess, SystemStore } from '@stormcart/core';
import { processRef } from '../../undo/process-ref.ts';
import type { UndoStep } from '../../undo/undo.ts';

/**
 * The step for a change that lives in the memory of the store's process and is over when that is. It holds the store's
 * address and credentials, so what it is written to must be for the user alone.
 */
export async function memoryStep(
  kind: string,
  details: object,
  store: SystemStore,
  processes: ReadonlyMap<string, SystemProcess>,
): Promise<UndoStep> {
  const pid = store.process === undefined ? undefined : processes.get(store.process)?.pid();
  const process = pid === undefined ? undefined : await processRef(pid);
  return { kind, ...details, ...(process === undefined ? {} : { process }) };
}
