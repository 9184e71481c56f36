import type { SystemProcess } from '@stormcart/core';
import type { AttributeValues } from '../attribute.ts';
import { burdenPart } from './burden-part.ts';
import type { ProcessPart } from './process-fault.ts';

/** Burns CPU beside the process, on the CPUs that the process may use. A hit is a millisecond of CPU that was burned. */
export function cpuBurnPart(process: SystemProcess, { share, cores }: AttributeValues): ProcessPart {
  const order = { kind: 'cpu', share: Number(share) } as const;
  return burdenPart(process, {
    action: 'cpu_burn',
    orders: async () => Array.from({ length: Number(cores) }, () => order),
    hitsOf: (amount) => amount,
  });
}
