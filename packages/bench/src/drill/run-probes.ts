import { type Clock, type Journey, systemClock } from '@stormcart/core';
import { createPopularity } from '../load/habit/habits.ts';
import { createConnectionPool } from '../load/http/connection-pool.ts';
import { type Trust, targetOf } from '../load/http/target.ts';
import { createLedger } from '../load/ledger.ts';
import { Requester } from '../load/requester.ts';
import type { LoadSink } from '../load/sample.ts';
import { ArrivalVisit, type VisitMeans } from '../load/visit.ts';

export interface ProbesOptions {
  readonly journey: Journey;
  readonly target: URL;
  readonly trust?: Trust;
  readonly seed: number;
  readonly runId: string;
  /** `clock.now()` of the drill's zero. */
  readonly zeroMs: number;
  readonly timeoutMs: number;
  readonly nextOperationIndex: () => number;
  readonly sink: LoadSink;
  /** Ends it: with the load. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Twice a second: some twenty attempts in the shortest fault, and less than a hundredth of any load. */
const PAUSE_MS = 500;
/** Attempts come one after the other; a probe that wants several answers at once gets these. */
const AT_ONCE_MAX = 8;

/**
 * Visits the system with its probes, one visit after the other, until aborted. Not part of the plan: nothing of it
 * counts in a figure or a ledger, but its operations go into the history. Throws what the journey throws.
 */
export async function runProbes(options: ProbesOptions): Promise<void> {
  const { journey, zeroMs, signal, runId } = options;
  const clock = options.clock ?? systemClock;
  const { authority, connect } = targetOf(options.target, options.trust);
  const pool = createConnectionPool(connect, clock);
  const requester = new Requester({
    runId: `${runId}-probe`,
    authority,
    pool,
    clock,
    zeroMs,
    timeoutMs: options.timeoutMs,
    maxInFlight: AT_ONCE_MAX,
    ledger: createLedger(),
    sink: options.sink,
    nextOperationIndex: options.nextOperationIndex,
    onFirstSent: () => undefined,
  });
  const stop = (): void => requester.stop(new Error('the load is over'));
  const means: VisitMeans = {
    // Visits of the load draw from the plain seed: the same ids must not come twice.
    seed: `${options.seed}/probes`,
    requester,
    clock,
    choosePopular: createPopularity(),
    signal,
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await clock.sleep(zeroMs - clock.now(), signal).catch(() => undefined);
    for (let arrival = 0; !signal.aborted; arrival += 1) {
      const visit = new ArrivalVisit(means, journey.name, arrival, requester.nowMs());
      await journey.run(visit).catch((error: unknown) => {
        // Once it is over, every pending request and pause rejects: that is the end, not a failure.
        if (!signal.aborted) throw error;
      });
      await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    pool.close();
  }
}
