/** A stretch of time, its end excluded. Milliseconds since the load's start, as everywhere in this folder. */
export interface FaultWindow {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What decides to which phases a moment belongs. */
export interface PhaseTimeline {
  readonly warmupUntilMs: number;
  /** The end of the measured time. */
  readonly endMs: number;
  readonly faults: readonly FaultWindow[];
}

/** Requests that fall due after the plan's end (journeys on their way out) belong to no measured phase. */
const AFTERMATH = 'aftermath';

/**
 * The phases of a request with this intended start: `warmup`, `baseline` (no fault has begun yet),
 * the ids of all faults that were on, or `recovery` (some fault has ended and none is on). Never empty.
 */
export function phasesAt(ms: number, timeline: PhaseTimeline): readonly string[] {
  if (ms < timeline.warmupUntilMs) return ['warmup'];
  if (ms >= timeline.endMs) return [AFTERMATH];
  const active = timeline.faults.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs);
  if (active.length > 0) return active.map(({ id }) => id);
  return [timeline.faults.some(({ startMs }) => startMs <= ms) ? 'recovery' : 'baseline'];
}

/**
 * As `phasesAt`, for many moments of which most lie close together: until the next edge the answer is the same, and the
 * very same array.
 */
export function createPhaseFinder(timeline: PhaseTimeline): (ms: number) => readonly string[] {
  const edges = [timeline.warmupUntilMs, timeline.endMs];
  for (const { startMs, endMs } of timeline.faults) edges.push(startMs, endMs);
  let [fromMs, untilMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let phases: readonly string[] = [];
  return (ms) => {
    if (ms >= fromMs && ms < untilMs) return phases;
    [fromMs, untilMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const edge of edges) {
      if (edge <= ms) fromMs = Math.max(fromMs, edge);
      else untilMs = Math.min(untilMs, edge);
    }
    phases = phasesAt(ms, timeline);
    return phases;
  };
}

/** Whether a figure asked for `during` includes what belongs to these phases; absent means all measured time. */
export function includesPhase(phases: readonly string[], during: string | undefined): boolean {
  if (during !== undefined) return phases.includes(during);
  return !phases.includes('warmup') && !phases.includes(AFTERMATH);
}

/** How much time up to `untilMs` the phase covers. */
export function phaseMs(timeline: PhaseTimeline, during: string | undefined, untilMs: number): number {
  const edges = [
    0,
    timeline.warmupUntilMs,
    ...timeline.faults.flatMap(({ startMs, endMs }) => [startMs, endMs]),
  ];
  const endMs = Math.min(untilMs, timeline.endMs);
  const sorted = [...edges.filter((edge) => edge < endMs), endMs].toSorted((left, right) => left - right);
  let sumMs = 0;
  for (const [place, startMs] of sorted.slice(0, -1).entries()) {
    const nextMs = sorted[place + 1] ?? startMs;
    if (includesPhase(phasesAt(startMs, timeline), during)) sumMs += nextMs - startMs;
  }
  return sumMs;
}
