import { bytes, type SystemProcess } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import type { AttributeValues } from '../attribute.ts';
import { burdenPart } from './burden-part.ts';
import type { ProcessPart } from './process-fault.ts';
import { toMebibytes } from './to-mebibytes.ts';

/** With half of what is free gone, nothing that runs has to end for it. */
const SHARE_MAX = 0.5;

/** Holds memory beside the process. A hit is a MiB that was held. */
export function memoryHogPart(target: SystemProcess, { size }: AttributeValues): ProcessPart {
  const sizeBytes = Number(size);
  return burdenPart(target, {
    action: 'memory_hog',
    orders: async () => {
      // Of this machine, or of the container that this process is bounded by.
      const mayTakeBytes = process.availableMemory() * SHARE_MAX;
      if (sizeBytes > mayTakeBytes) throw tooMuch(target.name, sizeBytes, mayTakeBytes);
      return [{ kind: 'memory', bytes: sizeBytes }];
    },
    hitsOf: toMebibytes,
  });
}

function tooMuch(name: string, sizeBytes: number, mayTakeBytes: number): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'NO_ROOM',
    message: `memory_hog beside ${name}: ${bytes.format(sizeBytes)} is more than half of the memory that is free`,
    hint: `Accepted at this moment: up to ${toMebibytes(mayTakeBytes)}MiB.`,
  });
}
