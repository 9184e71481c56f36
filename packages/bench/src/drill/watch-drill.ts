import type { FaultSession } from '@stormcart/chaos';
import { systemClock } from '@stormcart/core';
import type { Measurement } from '../measure/measurement.ts';
import type { SystemCpu } from '../measure/system-cpu.ts';
import type { AbortWatch } from './abort-watch.ts';
import { activeFaultsOf } from './active-faults.ts';
import type { Ending } from './ending.ts';
import type { LoadPhaseOptions } from './perform-load.ts';
import { watchSystem } from './watch-system.ts';

export interface Watched {
  readonly measurement: Measurement;
  readonly zeroMs: number;
  readonly totalMs: number;
  readonly session: FaultSession;
  readonly abortWatch: AbortWatch | undefined;
  readonly cpu: SystemCpu;
  readonly endEarly: Ending['endEarly'];
  readonly signal: AbortSignal;
}

const TICK_EVERY_MS = 250;

/** Tells how the drill goes, asks the system about itself, and ends the load when its abort condition holds. */
export async function watchDrill(
  { stage, onEvent, onObservation }: LoadPhaseOptions,
  watched: Watched,
): Promise<void> {
  const { measurement, zeroMs, session, abortWatch, cpu, signal, endEarly, totalMs } = watched;
  const tick = async (): Promise<void> => {
    while (!signal.aborted) {
      const abortReason = abortWatch?.check(systemClock.now() - zeroMs);
      if (abortReason !== undefined) endEarly({ kind: 'abort', reason: abortReason });
      onEvent({
        kind: 'tick',
        atMs: systemClock.now() - zeroMs,
        totalMs,
        ledger: measurement.ledger(),
        activeFaults: activeFaultsOf(session),
      });
      // Often enough that what a killed process used is hardly lost.
      await cpu.look();
      await systemClock.sleep(TICK_EVERY_MS, signal).catch(() => undefined);
    }
  };
  await Promise.all([
    tick(),
    watchSystem(
      stage.system,
      (observation, atMs) => {
        measurement.observe(observation, atMs - zeroMs);
        onObservation?.(observation, atMs - zeroMs);
      },
      signal,
    ),
  ]);
}
