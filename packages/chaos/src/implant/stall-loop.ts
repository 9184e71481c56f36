import type { BeginImplant } from './plant.ts';

export interface StallOptions {
  readonly stallMs: number;
  /** From one beginning to the next. */
  readonly everyMs: number;
}

/**
 * Holds up the event loop again and again. It waits rather than works, so that the loop stands still and no core is
 * burned; in short waits, between which the inspector can end it. Sent to another process as text (see plant.ts).
 */
export const stallLoop: BeginImplant<StallOptions> = ({ stallMs, everyMs }, isOver) => {
  const { setTimeout: after } = process.getBuiltinModule('node:timers');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let count = 0;
  const stall = (): void => {
    // Not Date: its clock may be what is being shifted.
    const untilNs = process.hrtime.bigint() + BigInt(Math.ceil(stallMs * 1e6));
    count += 1;
    while (!isOver()) {
      const leftMs = Number(untilNs - process.hrtime.bigint()) / 1e6;
      if (leftMs <= 0) break;
      Atomics.wait(cell, 0, 0, Math.min(leftMs, 10));
    }
    // At least one turn of the loop lies between two stalls, however long they are.
    if (!isOver()) next = after(stall, Math.max(1, everyMs - stallMs)).unref();
  };
  // The inspector through which this came must be closed first, which takes a turn of the loop. One that is open for a
  // debugger stays open: not for longer than a second.
  const inspector = process.getBuiltinModule('node:inspector');
  let waits = 0;
  const stallOnceAlone = (): void => {
    waits += 1;
    if (inspector.url() === undefined || waits > 200) stall();
    else next = after(stallOnceAlone, 5).unref();
  };
  let next = after(stallOnceAlone, 0);
  return { end: () => clearTimeout(next), count: () => count };
};
