import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';

/** A store that a service needs before it may serve. */
export interface NeededStore {
  readonly name: string;
  /** Resolves when the store answered. Must end by itself. */
  reach(): Promise<void>;
}

export interface Readiness {
  /** What is not reached yet; empty when ready. */
  missing(): readonly string[];
  isReady(): boolean;
  /** Ready never again: the process is on its way out. */
  leave(): void;
}

/** Half a second of start-up at most is lost to it; a store that boots is not hammered. */
const RETRY_MS = 250;

/**
 * Ready once every store was reached once. It does not go back when a store fails later: every replica would
 * leave the balancer together, and reads that need no store would go down with the rest.
 */
export function watchReadiness(
  stores: readonly NeededStore[],
  log: Logger,
  clock: Clock,
  signal: AbortSignal,
): Readiness {
  const missing = new Set(stores.map((store) => store.name));
  for (const store of stores) {
    void reachOnce(store, log, clock, signal).then((isReached) => {
      if (isReached) missing.delete(store.name);
    });
  }
  return {
    missing: () => [...missing],
    isReady: () => missing.size === 0 && !signal.aborted,
    leave: () => missing.add('stopping'),
  };
}

async function reachOnce(
  store: NeededStore,
  log: Logger,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  let isReported = false;
  while (!signal.aborted) {
    try {
      await store.reach();
      log.info({ store: store.name }, 'store reached');
      return true;
    } catch (error) {
      if (!isReported) log.warn({ store: store.name, reason: messageOf(error) }, 'store not reached yet');
      isReported = true;
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
  return false;
}
