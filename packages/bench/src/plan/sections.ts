import { createRandom } from '@stormcart/core';
import { createPacer, type Pacer } from './pacer.ts';
import { type ArrivalMode, type RecordedArrivals, type Stage, totalMsOf } from './stage.ts';

/** A run of stages whose arrivals are laid out in one way. */
export interface Section {
  /** Exactly how many times `startTimes` yields. */
  readonly count: number;
  /** Milliseconds since the load's start, never falling. */
  startTimes(): IterableIterator<number>;
  /** What was recorded; undefined where a rate decides. */
  readonly recorded: RecordedArrivals | undefined;
}

/** Stages that follow a rate belong together, so that fractions of an arrival carry over; a recording stands alone. */
export function sectionsOf(stages: readonly Stage[], mode: ArrivalMode, seed: number): readonly Section[] {
  const sections: Section[] = [];
  let pending: Stage[] = [];
  let startMs = 0;
  const flush = (): void => {
    if (pending.length === 0) return;
    sections.push(rateSection(pending, startMs, mode, arrivalSeed(seed, sections.length)));
    startMs += totalMsOf(pending);
    pending = [];
  };
  for (const stage of stages) {
    if (stage.kind !== 'replay') {
      pending.push(stage);
      continue;
    }
    flush();
    sections.push(recordedSection(stage.recorded, startMs));
    startMs += stage.forMs;
  }
  flush();
  return sections;
}

function arrivalSeed(seed: number, place: number): string {
  return place === 0 ? `${seed}/arrivals` : `${seed}/arrivals/${place}`;
}

function recordedSection(recorded: RecordedArrivals, startMs: number): Section {
  return {
    count: recorded.timesMs.length,
    recorded,
    startTimes: () => later(recorded.timesMs, startMs),
  };
}

function rateSection(stages: readonly Stage[], startMs: number, mode: ArrivalMode, seed: string): Section {
  const pacer = createPacer(stages);
  const times = mode === 'poisson' ? () => randomTimes(pacer, seed) : () => evenTimes(pacer);
  return {
    count: mode === 'poisson' ? countOf(times()) : evenCount(pacer),
    recorded: undefined,
    startTimes: () => (startMs === 0 ? times() : later(times(), startMs)),
  };
}

function* later(timesMs: Iterable<number>, byMs: number): IterableIterator<number> {
  for (const timeMs of timesMs) yield byMs + timeMs;
}

/** Arrival k is due when the integral of the rate reaches k: the first one at once. */
function* evenTimes(pacer: Pacer): IterableIterator<number> {
  const count = evenCount(pacer);
  for (let index = 0; index < count; index += 1) yield pacer.timeOf(index);
}

function evenCount(pacer: Pacer): number {
  return Math.ceil(pacer.total);
}

/**
 * A Poisson process of rate 1, stretched through the inverse integral: exact for any shape of rate
 * (time rescaling; Lewis and Shedler 1979 discuss it beside thinning).
 */
function* randomTimes(pacer: Pacer, seed: string): IterableIterator<number> {
  const random = createRandom(seed);
  let count = random.exponential(1);
  while (count < pacer.total) {
    yield pacer.timeOf(count);
    count += random.exponential(1);
  }
}

function countOf(times: Iterable<number>): number {
  let count = 0;
  for (const _ of times) count += 1;
  return count;
}
