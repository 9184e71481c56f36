import type { Sample } from '../load/sample.ts';
import { slicesUp } from './availability.ts';
import { createSliceCounter, type SliceCounts, type SliceTrack } from './slices.ts';

/** Slices with what they amount to. */
export interface SliceStates extends SliceTrack {
  readonly up: readonly boolean[];
}

/** The slices so far, and where measured time ends for now. */
export interface SliceBook {
  add(sample: Sample): void;
  /** No time is measured after this. */
  endAt(atMs: number): void;
  untilMs(): number;
  now(): SliceStates;
  counts(): SliceCounts;
  /** Counts of others with the same slices; `latestIntendedMs` is when their latest request was due. */
  merge(counts: SliceCounts, latestIntendedMs: number): void;
  /** -Infinity before the first sample. */
  latestIntendedMs(): number;
}

export interface SliceBookOptions {
  readonly totalMs: number;
  readonly warmupUntilMs: number;
  readonly sliceMs: number;
  readonly downBelow: number;
}

export function createSliceBook(options: SliceBookOptions): SliceBook {
  const { totalMs, warmupUntilMs, sliceMs, downBelow } = options;
  const slices = createSliceCounter(warmupUntilMs, totalMs, sliceMs);
  let latestIntendedMs = Number.NEGATIVE_INFINITY;
  let endedAtMs: number | undefined;
  const untilMs = (): number => {
    if (endedAtMs !== undefined) return endedAtMs;
    if (latestIntendedMs < warmupUntilMs) return warmupUntilMs;
    const place = Math.floor((latestIntendedMs - warmupUntilMs) / sliceMs);
    return Math.min(warmupUntilMs + (place + 1) * sliceMs, totalMs);
  };
  return {
    add: (sample) => {
      slices.add(sample);
      latestIntendedMs = Math.max(latestIntendedMs, sample.intendedMs);
    },
    endAt: (atMs) => {
      endedAtMs = Math.min(Math.max(atMs, warmupUntilMs), totalMs);
    },
    untilMs,
    now: () => {
      const track = slices.trackUntil(untilMs());
      return { ...track, up: slicesUp(track.slices, downBelow) };
    },
    counts: () => slices.counts(),
    merge: (counts, theirLatestMs) => {
      slices.merge(counts);
      latestIntendedMs = Math.max(latestIntendedMs, theirLatestMs);
    },
    latestIntendedMs: () => latestIntendedMs,
  };
}
