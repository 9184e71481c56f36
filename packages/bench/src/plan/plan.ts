import { createRandom } from '@stormcart/core';
import { createMix } from './mix.ts';
import { createPacer, type Pacer } from './pacer.ts';
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
  const startTimes =
    options.arrivals === 'poisson' ? () => randomTimes(pacer, options.seed) : () => evenTimes(pacer);
  return {
    totalMs: pacer.totalMs,
    count: options.arrivals === 'poisson' ? countOf(startTimes()) : evenCount(pacer),
    warmupUntilMs: warmupMsOf(stages),
    startTimes,
    rateAt: (ms) => pacer.rateAt(ms),
    journeyOf: createMix(options.mix, options.seed),
  };
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
function* randomTimes(pacer: Pacer, seed: number): IterableIterator<number> {
  const random = createRandom(seed).fork('arrivals');
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
