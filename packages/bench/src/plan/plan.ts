import { createMix } from './mix.ts';
import { createPacer } from './pacer.ts';
import { type Section, sectionsOf } from './sections.ts';
import { type ArrivalMode, type Stage, warmupMsOf } from './stage.ts';

export interface PlanOptions {
  readonly seed: number;
  readonly arrivals: ArrivalMode;
  /** Weights by journey; at least one above 0. */
  readonly mix: Readonly<Record<string, number>>;
}

/**
 * All that is decided about the load before the first request is sent. Times are milliseconds from
 * the start of the load, warm-up included. A plan holds no list: its size does not depend on the count.
 */
export interface Plan {
  readonly totalMs: number;
  /** Exactly how many times `startTimes` yields. */
  readonly count: number;
  /** Requests with an intended start before this are warm-up. */
  readonly warmupUntilMs: number;
  /** Intended starts, never falling, all in [0, totalMs]. Each call begins anew with the same times. */
  startTimes(): IterableIterator<number>;
  /** The planned rate, arrivals per second. */
  rateAt(ms: number): number;
  /** The journey of the arrival with this index, counted from 0. */
  journeyOf(index: number): string;
}

/** The plan of these stages; the same stages, seed, mode and mix always give the same plan. */
export function createPlan(stages: readonly Stage[], options: PlanOptions): Plan {
  const pacer = createPacer(stages);
  const sections = sectionsOf(stages, options.arrivals, options.seed);
  const byMix = createMix(options.mix, options.seed);
  return {
    totalMs: pacer.totalMs,
    count: sections.reduce((sum, { count }) => sum + count, 0),
    warmupUntilMs: warmupMsOf(stages),
    startTimes: () => startTimesOf(sections),
    rateAt: (ms) => pacer.rateAt(ms),
    journeyOf: (index) => recordedJourney(sections, index) ?? byMix(index),
  };
}

function startTimesOf(sections: readonly Section[]): IterableIterator<number> {
  const [only, ...others] = sections;
  // Each generator within another costs every arrival a turn of its own, and most plans have one section.
  return only !== undefined && others.length === 0 ? only.startTimes() : oneAfterTheOther(sections);
}

function* oneAfterTheOther(sections: readonly Section[]): IterableIterator<number> {
  for (const section of sections) yield* section.startTimes();
}

/** The journey that a recording names for this arrival; undefined where it names none. */
function recordedJourney(sections: readonly Section[], index: number): string | undefined {
  let place = index;
  for (const { count, recorded } of sections) {
    if (place < count) return recorded?.journeys[place];
    place -= count;
  }
  return undefined;
}
