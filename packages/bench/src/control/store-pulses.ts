import { openStorePulse } from '@stormcart/chaos';
import { type SystemStore, systemClock } from '@stormcart/core';

/** Feels every store now and then, but only while somebody looks: a drill that nobody watches is left alone. */
export interface StorePulses {
  /** Somebody looks. */
  look(): void;
  close(): Promise<void>;
}

/** Fine enough to see a stall of seconds; three small questions a second cost a store nothing. */
const EVERY_MS = 1_000;
/** What answers later than this is counted with this. */
const GIVEN_UP_AFTER_MS = 2_000;

export function openStorePulses(
  stores: readonly SystemStore[],
  onBeat: (name: string, latencyMs: number) => void,
): StorePulses {
  const closing = new AbortController();
  const pulses = stores.map((store) => ({
    name: store.name,
    pulse: openStorePulse(store),
    isBeating: false,
  }));
  let nextMs = Number.NEGATIVE_INFINITY;
  const feel = async (each: (typeof pulses)[number]): Promise<void> => {
    // One that hangs is asked nothing more until it is given up on.
    if (each.isBeating) return;
    each.isBeating = true;
    const startMs = systemClock.now();
    const within = AbortSignal.any([closing.signal, AbortSignal.timeout(GIVEN_UP_AFTER_MS)]);
    try {
      onBeat(each.name, await each.pulse.beat(within));
    } catch {
      // It is down, or silent: the row's state, or this latency, says so.
      if (!closing.signal.aborted && within.aborted) onBeat(each.name, systemClock.now() - startMs);
    } finally {
      each.isBeating = false;
    }
  };
  return {
    look: () => {
      const nowMs = systemClock.now();
      if (nowMs < nextMs || closing.signal.aborted) return;
      nextMs = nowMs + EVERY_MS;
      for (const each of pulses) void feel(each);
    },
    close: async () => {
      closing.abort(new Error('the drill is over'));
      await Promise.all(pulses.map(({ pulse }) => pulse.close()));
    },
  };
}
