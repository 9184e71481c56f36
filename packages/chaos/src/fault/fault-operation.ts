import type { Operation } from '@stormcart/core';

/** Something that a fault did to the data of the system, which an audit of that data must know of. */
export interface FaultOperation extends Pick<Operation, 'action' | 'key' | 'outcome' | 'input'> {
  /** Of the system clock's monotonic milliseconds. */
  readonly begunMs: number;
  readonly endedMs: number;
}
