/**
 * Shifts what `Date` takes for now; returns how to undo it. Node's own modules hold the real one (the `Date` header that
 * `node:http` adds by itself, say). Sent to another process as text (see plant.ts).
 */
export function replaceDate(readShiftMs: () => number): () => void {
  const RealDate = Date;
  const realNow = Date.now;
  const now = (): number => realNow() + readShiftMs();
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
  });
  // On the constructor itself, too, for those who hold it by another name.
  RealDate.now = now;
  RealDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
  return () => {
    if (RealDate.now === now) RealDate.now = realNow;
    RealDate.prototype.constructor = RealDate;
    // Somebody may have put something of their own over it.
    if (globalThis.Date === ShiftedDate) globalThis.Date = RealDate;
  };
}
