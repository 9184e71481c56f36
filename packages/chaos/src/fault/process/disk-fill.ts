import { randomUUID } from 'node:crypto';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type SystemProcess } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import type { AttributeValues } from '../attribute.ts';
import { burdenPart } from './burden-part.ts';
import { type DiskState, planDiskFill } from './plan-disk-fill.ts';
import type { ProcessPart } from './process-fault.ts';
import { toMebibytes } from './to-mebibytes.ts';

/** Takes the room on the disk that the process keeps its data on. A hit is a MiB that was taken. */
export function diskFillPart(target: SystemProcess, { size, leave }: AttributeValues): ProcessPart {
  const { name, dataFolder } = target;
  if (dataFolder === undefined) {
    throw new ChaosError({
      kind: 'usage',
      code: 'UNFIT_PROCESS',
      message: `disk_fill: ${name} has no data folder of its own`,
      hint: 'Accepted: a process that keeps data, such as a store.',
    });
  }
  return burdenPart(target, {
    action: 'disk_fill',
    orders: async () => {
      const plan = planDiskFill({
        disk: await diskState(name, dataFolder),
        leaveBytes: Number(leave),
        sizeBytes: size === undefined ? undefined : Number(size),
      });
      if (plan.kind === 'refused') {
        throw new ChaosError({
          kind: 'environment',
          code: 'NO_ROOM',
          message: `disk_fill of ${name} (${dataFolder}): ${plan.message}`,
          hint: plan.hint,
        });
      }
      const file = join(dataFolder, `stormcart-disk-fill-${randomUUID()}`);
      return [{ kind: 'disk', file, bytes: plan.bytes }];
    },
    hitsOf: toMebibytes,
  });
}

async function diskState(name: string, folder: string): Promise<DiskState> {
  try {
    const [space, at, root] = await Promise.all([statfs(folder), stat(folder), stat('/')]);
    // What the file system keeps back for root is there for root.
    const freeBlocks = process.getuid?.() === 0 ? space.bfree : space.bavail;
    return {
      totalBytes: space.blocks * space.bsize,
      freeBytes: freeBlocks * space.bsize,
      isRoot: at.dev === root.dev,
    };
  } catch (cause) {
    throw new ChaosError({
      kind: 'environment',
      code: 'NO_ROOM',
      message: `disk_fill of ${name}: nothing is known of the disk below ${folder}: ${messageOf(cause)}`,
      cause,
    });
  }
}
