import {
  type Clock,
  createRandom,
  type Random,
  type Reply,
  type RequestSpec,
  type Visit,
} from '@stormcart/core';
import type { Visitor } from './flight.ts';
import type { ChoosePopular } from './habit/habits.ts';
import type { Requester } from './requester.ts';

/** What all visits of a load have in common. */
export interface VisitMeans {
  readonly seed: number | string;
  readonly requester: Requester;
  readonly clock: Clock;
  readonly choosePopular: ChoosePopular;
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}

/** What one arrival's journey holds in its hands. A journey may take the functions out of it: they need no `this`. */
export class ArrivalVisit implements Visit, Visitor {
  readonly arrival: number;
  readonly journey: string;
  readonly #means: VisitMeans;
  readonly #intendedMs: number;
  #isFirst = true;
  #random: Random | undefined = undefined;

  constructor(means: VisitMeans, journey: string, arrival: number, intendedMs: number) {
    this.#means = means;
    this.journey = journey;
    this.arrival = arrival;
    this.#intendedMs = intendedMs;
  }

  get customer(): string {
    return `visit-${this.arrival}`;
  }

  get random(): Random {
    this.#random ??= createRandom(`${this.#means.seed}/visit/${this.arrival}`);
    return this.#random;
  }

  readonly choosePopular = (count: number): number => this.#means.choosePopular(count, this.random);

  readonly request = (spec: RequestSpec): Promise<Reply> => {
    const { requester } = this.#means;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const intendedMs = isFirst ? this.#intendedMs : requester.nowMs();
    return requester.request({ visitor: this, intendedMs, isFirst, spec });
  };

  readonly pause = (ms: number): Promise<void> => {
    // Who thinks first is due when the thinking ends: the plan knows nothing of it.
    this.#isFirst = false;
    return this.#means.clock.sleep(ms, this.#means.signal);
  };
}
