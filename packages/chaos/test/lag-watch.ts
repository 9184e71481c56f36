import { systemClock } from '@stormcart/core';

/**
 * For how long this process stood still. Clients, proxy and servers of these tests share it, so what a crowded machine
 * does to a delay it does to these ticks too: measured times are held to their definition plus exactly that.
 */
export interface LagWatch {
  /** All the time from `sinceMs` on in which the process should have run and did not. */
  stalledMs(sinceMs: number): number;
  stop(): void;
}

const TICK_MS = 2;
/** Timers count in whole milliseconds: a tick that is so late is not late. */
const GRANULARITY_MS = 1.5;
/** A minute of ticks. */
const TICKS_KEPT_MAX = 30_000;

export function watchLag(): LagWatch {
  const stalls: { readonly atMs: number; readonly lateMs: number }[] = [];
  let lastMs = systemClock.now();
  const lateAt = (nowMs: number): number => {
    const lateMs = nowMs - lastMs - TICK_MS;
    return lateMs > GRANULARITY_MS ? lateMs : 0;
  };
  const timer = setInterval(() => {
    const nowMs = systemClock.now();
    const lateMs = lateAt(nowMs);
    if (lateMs > 0) stalls.push({ atMs: nowMs, lateMs });
    if (stalls.length > TICKS_KEPT_MAX) stalls.shift();
    lastMs = nowMs;
  }, TICK_MS);
  return {
    stalledMs: (sinceMs) => {
      const past = stalls.filter(({ atMs }) => atMs >= sinceMs);
      // What is late right now has not ticked yet.
      return past.reduce((sum, { lateMs }) => sum + lateMs, lateAt(systemClock.now()));
    },
    stop: () => clearInterval(timer),
  };
}
