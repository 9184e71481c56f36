import CircuitBreaker from 'opossum';
import type { PolicyFigures } from './figures.ts';
import { type Breaker, breakerOpen, callTimedOut } from './policy.ts';

/** Buckets of the rolling window: old calls leave it in tenths. */
const WINDOW_BUCKETS = 10;

/**
 * A timeout inside a breaker, both opossum's. No `capacity` is set: opossum counts what its semaphore turns away
 * as failures, so a burst would open the breaker on a healthy dependency; and it frees a place on timeout while the
 * action still runs, so a hanging dependency would be called without bound.
 */
export function createOpossum(name: string, figures: PolicyFigures): Breaker {
  const breaker = new CircuitBreaker((action: () => Promise<unknown>) => action(), {
    name,
    timeout: figures.timeoutMs,
    resetTimeout: figures.openMs,
    rollingCountTimeout: figures.windowMs,
    rollingCountBuckets: WINDOW_BUCKETS,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    volumeThreshold: figures.callsMin,
    errorThresholdPercentage: figures.failureShare * 100,
  });
  let openedCount = 0;
  let halfOpenedCount = 0;
  let closedCount = 0;
  let refusedCount = 0;
  breaker.on('open', () => {
    openedCount += 1;
  });
  breaker.on('halfOpen', () => {
    halfOpenedCount += 1;
  });
  breaker.on('close', () => {
    closedCount += 1;
  });
  breaker.on('reject', () => {
    refusedCount += 1;
  });
  return {
    execute: async <Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
      // Its own controller per call: opossum's option is one for the whole breaker, and one late call would
      // abort every other.
      const abandoned = new AbortController();
      try {
        return (await breaker.fire(() => action(abandoned.signal))) as Result;
      } catch (error) {
        if (!CircuitBreaker.isOurError(error as Error)) throw error;
        abandoned.abort();
        const { code } = error as { readonly code?: string };
        if (code === 'EOPENBREAKER') throw breakerOpen(name, error);
        if (code === 'ETIMEDOUT') throw callTimedOut(name, figures.timeoutMs, error);
        throw error;
      }
    },
    observe: () => ({ state: stateOf(breaker), openedCount, halfOpenedCount, closedCount, refusedCount }),
    close: () => breaker.shutdown(),
  };
}

function stateOf(breaker: {
  readonly opened: boolean;
  readonly halfOpen: boolean;
}): 'closed' | 'open' | 'halfOpen' {
  if (breaker.opened) return 'open';
  return breaker.halfOpen ? 'halfOpen' : 'closed';
}
