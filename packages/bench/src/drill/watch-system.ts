import { type RunningSystem, type SystemObservation, systemClock } from '@stormcart/core';

/** Fine enough to see a breaker open and close within a second, coarse enough to cost nothing. */
const EVERY_MS = 500;
/** A frozen process must not hold up the next look at the others for long. */
const TIMEOUT_MS = 2_000;

/** Asks the running system about itself until aborted. A look that fails is a gap, never an error. */
export async function watchSystem(
  running: RunningSystem,
  onObservation: (observation: SystemObservation, atMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const observation = await running.observe(within).catch(() => undefined);
    if (observation !== undefined) onObservation(observation, systemClock.now());
    await systemClock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
