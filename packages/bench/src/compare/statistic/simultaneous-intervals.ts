import type { Random } from '@stormcart/core';
import { type Location, locate } from './location.ts';

/** What was seen of one quantity. Each place is one run, or one pair of runs; the places of all quantities agree. */
export interface Observation {
  /** Head's values, or within each pair head minus base. */
  readonly head: readonly number[];
  /** Absent for pairs. */
  readonly base?: readonly number[];
  /** What one value can be off by for want of finer units: one request of a share, one slice. */
  readonly resolution: number;
}

export interface Interval {
  /** Head minus base. */
  readonly center: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalOptions {
  /** That all intervals together hold the truth: 0.95. */
  readonly confidence: number;
  readonly random: Random;
  readonly resamples?: number;
}

/**
 * At 95 % with seven metrics and six looks each interval's own share is about 0.12 %: six resamples of these. In
 * simulation ten times as many change no verdict in a hundred.
 */
const USUAL_RESAMPLES = 4_999;

/**
 * Intervals that hold all truths at once with this confidence. Studentized bootstrap with symmetric tails (percentile-t,
 * Hall 1988), because BCa misses far too often with ten values: its ends cannot leave the resampled means, whatever
 * the level. Runs are drawn whole, with everything that was measured in them, so that the resamples know how the
 * quantities hang together; balanced over the quantities (Beran 1988), so that a noisy one widens nobody else's.
 */
export function simultaneousIntervals(
  observations: readonly Observation[],
  { confidence, random, resamples = USUAL_RESAMPLES }: IntervalOptions,
): readonly Interval[] {
  const samples = observations.map(createSample);
  const seen = samples.map((sample) => sample.seen());
  const deviations = resampledDeviations(samples, seen, random, resamples);
  const outsideCount = balancedCount(deviations, 1 - confidence);
  const leastShare = (1 - confidence) / Math.max(observations.length, 1);
  return samples.map((sample, index) => {
    const { center, error } = seen[index] ?? NOWHERE;
    const reach = reachOf(deviations[index] ?? NO_VALUES, outsideCount) * error;
    // Where nothing varied there is nothing to resample, yet n runs without an event bound its share only so far.
    const unseen = (Math.log(1 / leastShare) * sample.resolution) / sample.size;
    const halfWidth = Math.max(Number.isNaN(reach) ? Number.POSITIVE_INFINITY : reach, unseen);
    return { center, low: center - halfWidth, high: center + halfWidth };
  });
}

const NOWHERE: Location = { center: Number.NaN, error: Number.POSITIVE_INFINITY };
const NO_VALUES = new Float64Array(0);

interface Sample {
  readonly resolution: number;
  /** The smaller side's. */
  readonly size: number;
  readonly headCount: number;
  readonly baseCount: number;
  seen(): Location;
  /** As if these runs had been measured. */
  redrawn(headPlaces: Uint16Array, basePlaces: Uint16Array): Location;
}

function createSample({ head, base, resolution }: Observation): Sample {
  const headValues = Float64Array.from(head);
  const baseValues = base === undefined ? undefined : Float64Array.from(base);
  const [headDrawn, baseDrawn] = [new Float64Array(head.length), new Float64Array(base?.length ?? 0)];
  // No quantity is known better than its resolution: without this bound the resamples of a success share that is 1 in
  // all runs but one would deviate by infinitely many errors of zero.
  const leastError = resolution / Math.sqrt(head.length);
  const difference = (headSide: Float64Array, baseSide: Float64Array | undefined): Location => {
    const there = locate(headSide);
    if (baseSide === undefined) return { ...there, error: Math.max(there.error, leastError) };
    const here = locate(baseSide);
    return {
      center: there.center - here.center,
      error: Math.max(Math.hypot(there.error, here.error), leastError),
    };
  };
  return {
    resolution,
    size: Math.min(head.length, base?.length ?? head.length),
    headCount: head.length,
    baseCount: base?.length ?? 0,
    seen: () => difference(headValues, baseValues),
    redrawn: (headPlaces, basePlaces) => {
      for (let place = 0; place < headDrawn.length; place += 1)
        headDrawn[place] = headValues[headPlaces[place] ?? 0] ?? 0;
      if (baseValues === undefined) return difference(headDrawn, undefined);
      for (let place = 0; place < baseDrawn.length; place += 1)
        baseDrawn[place] = baseValues[basePlaces[place] ?? 0] ?? 0;
      return difference(headDrawn, baseDrawn);
    },
  };
}

/** By quantity and resample: how many of its own errors a resample lies away from what was seen. */
function resampledDeviations(
  samples: readonly Sample[],
  seen: readonly Location[],
  random: Random,
  resamples: number,
): readonly Float64Array[] {
  const deviations = samples.map(() => new Float64Array(resamples));
  const headPlaces = new Uint16Array(samples[0]?.headCount ?? 0);
  const basePlaces = new Uint16Array(samples[0]?.baseCount ?? 0);
  for (let round = 0; round < resamples; round += 1) {
    drawInto(headPlaces, random);
    drawInto(basePlaces, random);
    samples.forEach((sample, index) => {
      const { center, error } = sample.redrawn(headPlaces, basePlaces);
      const away = Math.abs(center - (seen[index]?.center ?? 0));
      const row = deviations[index];
      if (row !== undefined) row[round] = away === 0 ? 0 : away / error;
    });
  }
  return deviations;
}

function drawInto(places: Uint16Array, random: Random): void {
  for (let place = 0; place < places.length; place += 1)
    places[place] = Math.floor(random.next() * places.length);
}

/**
 * How many resamples lie as far out as the last one that is still inside, for every quantity alike, so that together
 * they leave no larger share than `missed` outside: a resample is as far out as the rarest of its deviations.
 */
function balancedCount(deviations: readonly Float64Array[], missed: number): number {
  const resamples = deviations[0]?.length ?? 0;
  const rarest = new Uint32Array(resamples).fill(resamples);
  for (const row of deviations) {
    const sorted = row.toSorted();
    row.forEach((value, round) => {
      const asFarOut = resamples - firstAtLeast(sorted, value);
      rarest[round] = Math.min(rarest[round] ?? resamples, asFarOut);
    });
  }
  return rarest.toSorted()[Math.floor(missed * resamples)] ?? resamples;
}

/** The largest deviation that this many resamples reach. */
function reachOf(deviations: Float64Array, count: number): number {
  return deviations.toSorted()[deviations.length - count] ?? Number.POSITIVE_INFINITY;
}

/** The place of the first value that is not smaller; values ascend. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
