import type { Clock } from '@stormcart/core';

/** A time after which something ends by itself. */
export interface Lease {
  readonly ttlMs: number;
  leftMs(): number;
  cancel(): void;
}

export function startLease(clock: Clock, ttlMs: number, onEnd: () => void): Lease {
  const endMs = clock.now() + ttlMs;
  const cancel = clock.after(ttlMs, onEnd);
  return { ttlMs, leftMs: () => Math.max(0, endMs - clock.now()), cancel };
}
