import type { Curve } from './curve.ts';

/** A recorded rate is what came within half a second on either side. */
const HALF_SECOND_MS = 500;

/** Arrivals as they were recorded: the count rises by one at each of these times, which never fall. */
export function recordedCurve(forMs: number, timesMs: Float64Array): Curve {
  const countUntil = (ms: number): number => firstAtOrAfter(timesMs, ms);
  return {
    forMs,
    total: timesMs.length,
    rateAt: (ms) => {
      const fromMs = Math.max(0, ms - HALF_SECOND_MS);
      const toMs = Math.min(forMs, ms + HALF_SECOND_MS);
      if (toMs <= fromMs) return 0;
      return ((countUntil(toMs) - countUntil(fromMs)) * 1_000) / (toMs - fromMs);
    },
    countUntil,
    timeOf: (count) => timesMs[Math.floor(count)] ?? forMs,
  };
}

/** How many of these times lie before this one. */
function firstAtOrAfter(timesMs: Float64Array, ms: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
