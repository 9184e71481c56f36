import { type Clock, createRandom, type Random, type Visit } from '@stormcart/core';
import type { ChoosePopular } from './habit/habits.ts';
import type { Requester } from './requester.ts';

export interface VisitOptions {
  readonly arrival: number;
  readonly journey: string;
  readonly intendedMs: number;
  readonly seed: number | string;
  readonly requester: Requester;
  readonly clock: Clock;
  readonly choosePopular: ChoosePopular;
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}

/** What one arrival's journey holds in its hands. */
export function createVisit(options: VisitOptions): Visit {
  const { arrival, journey, requester, clock, signal } = options;
  const customer = `visit-${arrival}`;
  let isFirst = true;
  let random: Random | undefined;
  const randomOnce = (): Random => {
    random ??= createRandom(`${options.seed}/visit/${arrival}`);
    return random;
  };
  return {
    arrival,
    get random() {
      return randomOnce();
    },
    choosePopular: (count) => options.choosePopular(count, randomOnce()),
    request: (spec) => {
      const due = isFirst ? options.intendedMs : requester.nowMs();
      const request = { journey, customer, intendedMs: due, isFirst, spec };
      isFirst = false;
      return requester.request(request);
    },
    pause: (ms) => {
      // Who thinks first is due when the thinking ends: the plan knows nothing of it.
      isFirst = false;
      return clock.sleep(ms, signal);
    },
  };
}
