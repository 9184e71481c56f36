import type { SheddingFigures } from './shedding.ts';

/**
 * When a process turns requests away.
 *
 * Lag: a healthy process is late by 1–5 ms, a busy machine stalls it for 50 ms now and then. 200 ms of smoothed lag
 * means that every answer waits that long for nothing; at 800 ms a customer who pays waits past any patience too.
 *
 * In flight: at 5 ms an answer, 300 are more than a second's work of one process. A checkout is let in far beyond,
 * because its own bulkhead queues 1,000 of them: a sale's rush is answered, not refused.
 */
export const sheddingFigures: SheddingFigures = {
  limits: {
    browse: { lagMs: 200, inFlight: 300 },
    cart: { lagMs: 400, inFlight: 450 },
    checkout: { lagMs: 800, inFlight: 1_500 },
  },
  // Half: what opened at a limit must not close just below it.
  calmShare: 0.5,
  // Half a second of calm: longer than one garbage collection or burst of connections.
  calmLooks: 5,
};

/** How the lag is watched. */
export const lagFigures = {
  /** Ten timers a second cost nothing to speak of, and half a second is soon enough to act. */
  everyMs: 100,
  /** The newest look counts for so much: three in a row outvote the past. */
  weight: 0.3,
  /** One stall, however long (a frozen process thawed), is one look and not congestion. */
  sampleMsMax: 1_000,
} as const;
