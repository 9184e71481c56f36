import type { FaultWindow } from './phase.ts';
import type { Slice, SliceTrack } from './slices.ts';

/** A maximal run of down slices. */
export interface Outage {
  readonly startMs: number;
  readonly endMs: number;
  /** Ids of the faults whose time overlaps it. */
  readonly faults: readonly string[];
}

export interface RecoveryFigures {
  /** Undefined: not before the measured time was over. */
  readonly fromStartMs: number | undefined;
  readonly fromEndMs: number | undefined;
}

/** One good slice may be luck; three in a row are a state. */
const GOOD_IN_A_ROW = 3;

/**
 * True where a slice is up. It is down when less than `downBelow` of its requests succeeded, or when
 * none of them was answered; one with nothing planned is as the one before it, and the first one up.
 */
export function slicesUp(slices: readonly Slice[], downBelow: number): readonly boolean[] {
  let isUp = true;
  return slices.map(({ planned, ok, answered }) => {
    if (planned > 0) isUp = answered > 0 && ok / planned >= downBelow;
    return isUp;
  });
}

/** Sum of the down slices. */
export function downtimeMs(track: SliceTrack, up: readonly boolean[]): number {
  return up.reduce((sum, isUp, place) => (isUp ? sum : sum + lengthMs(track, place)), 0);
}

/** 1 − downtime ÷ total time; undefined when no time was measured. */
export function availability(track: SliceTrack, up: readonly boolean[]): number | undefined {
  const totalMs = track.endMs - track.startMs;
  return up.length === 0 ? undefined : 1 - downtimeMs(track, up) / totalMs;
}

export function outages(
  track: SliceTrack,
  up: readonly boolean[],
  faults: readonly FaultWindow[],
): readonly Outage[] {
  const found: Outage[] = [];
  for (let place = 0; place < up.length; place += 1) {
    if (up[place] !== false) continue;
    const first = place;
    while (up[place + 1] === false) place += 1;
    const [startMs, endMs] = [startOf(track, first), startOf(track, place) + lengthMs(track, place)];
    const overlapping = faults.filter((fault) => fault.startMs < endMs && startMs < fault.endMs);
    found.push({ startMs, endMs, faults: overlapping.map(({ id }) => id) });
  }
  return found;
}

/**
 * How long a fault was felt. Its harm begins with the first down slice from its start on, up to the slice
 * in which the next fault begins after its end (what is down from there on is that one's doing);
 * without one, both figures are 0. Recovered is the first of three good slices in a row after that
 * first down slice, counted from the fault's start; and, not before the fault's end, counted from its end.
 */
export function recoveryOf(
  fault: FaultWindow,
  track: SliceTrack,
  up: readonly boolean[],
  faults: readonly FaultWindow[],
): RecoveryFigures {
  const laterStarts = faults.map(({ startMs }) => startMs).filter((startMs) => startMs >= fault.endMs);
  const blameUntilMs = Math.min(...laterStarts, track.endMs);
  const firstDown = up.findIndex(
    (isUp, place) =>
      !isUp &&
      startOf(track, place) + lengthMs(track, place) > fault.startMs &&
      startOf(track, place) + lengthMs(track, place) <= blameUntilMs,
  );
  if (firstDown === -1) return { fromStartMs: 0, fromEndMs: 0 };
  const endPlace = Math.floor((fault.endMs - track.startMs) / track.sliceMs);
  const sinceMs = (place: number, ms: number): number | undefined =>
    place === -1 ? undefined : Math.max(0, startOf(track, place) - ms);
  return {
    fromStartMs: sinceMs(firstGoodRun(up, firstDown), fault.startMs),
    fromEndMs: sinceMs(firstGoodRun(up, Math.max(firstDown, endPlace)), fault.endMs),
  };
}

/** How much of the downtime that an objective forgives was used. */
export interface ErrorBudget {
  readonly allowedMs: number;
  readonly usedMs: number;
  /** Above 1 it is overspent; undefined for an objective of 100 %, which forgives nothing. */
  readonly usedShare: number | undefined;
}

export function errorBudget(track: SliceTrack, up: readonly boolean[], objective: number): ErrorBudget {
  const allowedMs = (1 - objective) * (track.endMs - track.startMs);
  const usedMs = downtimeMs(track, up);
  return { allowedMs, usedMs, usedShare: allowedMs > 0 ? usedMs / allowedMs : undefined };
}

function firstGoodRun(up: readonly boolean[], from: number): number {
  for (let place = from; place + GOOD_IN_A_ROW <= up.length; place += 1) {
    if (up.slice(place, place + GOOD_IN_A_ROW).every((isUp) => isUp)) return place;
  }
  return -1;
}

function startOf(track: SliceTrack, place: number): number {
  return track.startMs + place * track.sliceMs;
}

function lengthMs(track: SliceTrack, place: number): number {
  return Math.min(track.sliceMs, track.endMs - startOf(track, place));
}
