/** The figures of one guarded dependency. Times in milliseconds. */
export interface PolicyFigures {
  /** How long a call may take before it counts as failed. */
  readonly timeoutMs: number;
  /** The breaker looks at the calls of this window … */
  readonly windowMs: number;
  /** … judges nothing with fewer calls than this … */
  readonly callsMin: number;
  /** … and opens when more than this share of them failed. */
  readonly failureShare: number;
  /** How long it stays open before one call may try again. */
  readonly openMs: number;
  /** The bound that holds without any policy: generous, so that only the policy decides what is slow. */
  readonly lastResortMs: number;
}

/**
 * Every timeout and breaker figure of the shop's guarded calls.
 *
 * `cache`: a Redis read takes under 1 ms here, and a busy machine stalls a process for some 50 ms; 150 ms is
 * neither, and leaves the database time to answer within a 400 ms objective. The window is short because a
 * breaker must outvote the good calls before the fault: with 2 s it opens about 1 s into a black hole. One
 * read in 750 ms pays for looking whether the cache is back.
 *
 * `payment`: a charge takes tens of milliseconds and up to a second at a real provider; a timeout costs an
 * inquiry, so it waits 2 s. Few calls: a longer window, or five of them never meet in one.
 */
export const policyFigures = {
  cache: {
    timeoutMs: 150,
    windowMs: 2_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 750,
    lastResortMs: 5_000,
  },
  payment: {
    timeoutMs: 2_000,
    windowMs: 10_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 2_000,
    lastResortMs: 5_000,
  },
} as const satisfies Readonly<Record<string, PolicyFigures>>;
