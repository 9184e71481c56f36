import type { Burden, BurdenOrder, LayBurden } from './burden.ts';
import { layCpu } from './cpu.ts';
import { layDescriptors } from './descriptors.ts';
import { layDisk } from './disk.ts';
import { layMemory } from './memory.ts';

/** Every burden by the kind of its order. */
const burdenTable: { readonly [Kind in BurdenOrder['kind']]: LayBurden<Kind> } = {
  cpu: layCpu,
  memory: layMemory,
  disk: layDisk,
  descriptors: layDescriptors,
};

export function layBurden(order: BurdenOrder, signal: AbortSignal): Promise<Burden> {
  // The row belongs to the order's kind, which the compiler cannot follow through the index.
  const lay = burdenTable[order.kind] as LayBurden<BurdenOrder['kind']>;
  return lay(order, signal);
}
