/**
 * Shifts what `Temporal.Now` answers, where there is one; returns how to undo it. Sent to another process as text (see
 * plant.ts).
 */
export function replaceTemporal(readShiftMs: () => number): () => void {
  interface Zoned {
    add(duration: { readonly milliseconds: number }): Zoned;
    toInstant(): unknown;
    toPlainDateTime(): unknown;
    toPlainDate(): unknown;
    toPlainTime(): unknown;
  }
  type Reader = (zone?: unknown) => unknown;
  const now = (globalThis as unknown as { readonly Temporal?: { readonly Now: Record<string, Reader> } })
    .Temporal?.Now;
  const readZoned = now?.['zonedDateTimeISO'] as ((zone?: unknown) => Zoned) | undefined;
  if (now === undefined || readZoned === undefined) return () => undefined;
  const read = (zone: unknown): Zoned => readZoned(zone).add({ milliseconds: readShiftMs() });
  const shifted: Readonly<Record<string, Reader>> = {
    zonedDateTimeISO: read,
    instant: () => read(undefined).toInstant(),
    plainDateTimeISO: (zone) => read(zone).toPlainDateTime(),
    plainDateISO: (zone) => read(zone).toPlainDate(),
    plainTimeISO: (zone) => read(zone).toPlainTime(),
  };
  const real = Object.fromEntries(Object.keys(shifted).map((name) => [name, now[name]]));
  Object.assign(now, shifted);
  return () => {
    Object.assign(now, real);
  };
}
