/** More points than a chart has room for, and a report that stays under a few hundred KiB: 10 minutes at 1 s. */
const STEPS_MAX = 600;
const SECOND_MS = 1_000;
/** Lengths that people read off an axis; the longest covers 25 days. */
const LENGTHS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

/**
 * How long a step of a run's time series is: the shortest of 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min and 1 h
 * that cuts the plan into at most 600 steps. Chosen before the run, so that nothing has to be thinned out after it.
 */
export function stepLengthMs(totalMs: number): number {
  const fitting = LENGTHS_SECONDS.find((seconds) => totalMs <= seconds * SECOND_MS * STEPS_MAX);
  return (fitting ?? Math.ceil(totalMs / SECOND_MS / STEPS_MAX)) * SECOND_MS;
}
