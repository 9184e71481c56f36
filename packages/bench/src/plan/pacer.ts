import { type Curve, curvesOf } from './curve.ts';
import type { Stage } from './stage.ts';

/**
 * The rate over time and its integral, in closed form: nothing is stored per arrival. The idea of
 * a pure pacer that maps a count to a time is vegeta's.
 */
export interface Pacer {
  readonly totalMs: number;
  /** How many arrivals the rate adds up to over the whole time; a fraction may remain. */
  readonly total: number;
  /** Arrivals per second at this time; 0 before the start and after the end. */
  rateAt(ms: number): number;
  /** The integral of the rate from 0 to this time. */
  countUntil(ms: number): number;
  /** The time at which the integral first exceeds this count; `totalMs` from `total` on. */
  timeOf(count: number): number;
}

/** A piece of a stage with its place: where it begins in time and in the running count. */
interface Segment {
  readonly startMs: number;
  readonly endMs: number;
  readonly startCount: number;
  readonly endCount: number;
  readonly curve: Curve;
}

export function createPacer(stages: readonly Stage[]): Pacer {
  const segments = layOut(stages);
  const last = segments.at(-1);
  const totalMs = last?.endMs ?? 0;
  const total = last?.endCount ?? 0;
  const segmentAt = (ms: number): Segment | undefined =>
    segments[firstIndex(segments, (segment) => segment.endMs > ms)];

  return {
    totalMs,
    total,
    rateAt: (ms) => {
      const segment = ms < 0 ? undefined : segmentAt(ms);
      if (segment === undefined) return 0;
      return segment.curve.rateAt(ms - segment.startMs);
    },
    countUntil: (ms) => {
      if (ms <= 0) return 0;
      const segment = segmentAt(ms);
      return segment === undefined
        ? total
        : segment.startCount + segment.curve.countUntil(ms - segment.startMs);
    },
    timeOf: (count) => {
      // A stage without arrivals (rate 0) has no count of its own and is passed over here.
      const segment = segments[firstIndex(segments, (candidate) => candidate.endCount > count)];
      if (segment === undefined) return totalMs;
      const withinMs = segment.curve.timeOf(Math.max(0, count - segment.startCount));
      return Math.min(segment.startMs + withinMs, segment.endMs);
    },
  };
}

function layOut(stages: readonly Stage[]): readonly Segment[] {
  const segments: Segment[] = [];
  let startMs = 0;
  let startCount = 0;
  let exactCount = 0;
  for (const curve of stages.flatMap(curvesOf)) {
    const endMs = startMs + curve.forMs;
    // Rounded from the exact sum, so that many pieces round no more than one.
    exactCount += curve.total;
    const endCount = withoutNoise(exactCount);
    segments.push({ startMs, endMs, startCount, endCount, curve });
    startMs = endMs;
    startCount = endCount;
  }
  return segments;
}

/** 0.1/s for 10 s is one arrival and not 1.0000000000000002: a billionth of an arrival is noise. */
function withoutNoise(count: number): number {
  return Math.round(count * 1e6) / 1e6;
}

/** The index of the first item that is true, given that all after it are; `length` when none is. */
function firstIndex<Item>(items: readonly Item[], isTrue: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isTrue(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
