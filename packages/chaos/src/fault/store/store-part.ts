import type { Lease } from '../fault.ts';
import type { FaultOperation } from '../fault-operation.ts';

/** What a store fault does to one of its stores. */
export interface StorePart {
  apply(lease: Lease): Promise<void>;
  /** One try, which may be repeated. Does nothing where `apply` never began. */
  revert(signal: AbortSignal): Promise<void>;
  isGone(signal: AbortSignal): Promise<boolean>;
  /** As far as the store itself told; asked when it is over. */
  hits(): number;
  /** What it did to the system's data; absent where it leaves nothing behind. */
  operations?(): readonly FaultOperation[];
}
