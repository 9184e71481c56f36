import { setMaxListeners } from 'node:events';
import { AppError, type Clock, type Journey, messageOf } from '@stormcart/core';
import type { Plan } from '../plan/plan.ts';
import { arrivalOf, type Share, startTimesOf, WHOLE } from '../plan/share.ts';
import { runArrivals } from './arrival-loop.ts';
import { plannedArrivals, steeredArrivals } from './arrivals.ts';
import { createPopularity, type Habits } from './habit/habits.ts';
import { withThinking } from './habit/think.ts';
import { loadError } from './load-error.ts';
import type { Requester } from './requester.ts';
import type { Steering } from './steering.ts';
import { ArrivalVisit, type VisitMeans } from './visit.ts';

export interface VisitsOptions {
  readonly plan: Pick<Plan, 'startTimes' | 'journeyOf' | 'totalMs'>;
  /** The part of the plan that is run; all of it when absent. */
  readonly share?: Share | undefined;
  /** Lets somebody change the rate meanwhile. */
  readonly steering?: Steering | undefined;
  readonly journeys: readonly Journey[];
  readonly seed: number;
  readonly habits: Habits;
  readonly requester: Requester;
  readonly maxInFlight: number;
  readonly clock: Clock;
  readonly zeroMs: number;
  /** After the last arrival. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly onLaunch: (intendedMs: number, launchedMs: number) => void;
}

/** Visits may think between requests, so there are more of them than requests under way; they need a bound too. */
const VISITS_PER_REQUEST = 4;

/**
 * Starts a visit for each arrival of the plan and resolves when all have ended, the grace is over or
 * the signal is aborted. Throws JOURNEY_FAILED as soon as a journey throws.
 */
export async function runVisits(options: VisitsOptions): Promise<void> {
  const { plan, requester, clock, zeroMs, share = WHOLE } = options;
  const { think, popularity } = options.habits;
  const choosePopular = createPopularity(popularity);
  const journeys = new Map(options.journeys.map((journey) => [journey.name, journey]));
  const visitsMax = options.maxInFlight * VISITS_PER_REQUEST;
  const over = new AbortController();
  // Every visit that thinks listens: their number has its own bound.
  setMaxListeners(0, over.signal);
  const end = (): void => over.abort(new Error('the load is over'));
  let openCount = 0;
  let failure: Error | undefined;
  let onLastVisit: (() => void) | undefined;

  const shared = { seed: options.seed, clock, signal: over.signal };
  const means: VisitMeans = { ...shared, requester, choosePopular };
  const fail = (journey: Journey, arrival: number, error: unknown): void => {
    // Once it is over, every pending request and pause rejects: that is the end, not a failure.
    if (over.signal.aborted) return;
    failure ??= journeyFailure(journey, arrival, error);
    end();
  };
  const leave = (): void => {
    openCount -= 1;
    if (openCount === 0) onLastVisit?.();
  };
  const start = (journey: Journey, arrival: number, intendedMs: number): void => {
    openCount += 1;
    const onFailure = (error: unknown): void => {
      fail(journey, arrival, error);
      leave();
    };
    try {
      const visit = new ArrivalVisit(means, journey.name, arrival, intendedMs);
      const ended = journey.run(think === undefined ? visit : withThinking(visit, { ...shared, think }));
      // Not awaited: a function that waits would be one more per visit.
      Promise.resolve(ended).then(leave, onFailure);
    } catch (error) {
      onFailure(error);
    }
  };

  const launch = (place: number, intendedMs: number, launchedMs: number): void => {
    const arrival = arrivalOf(share, place);
    const journey = findJourney(journeys, plan.journeyOf(arrival));
    options.onLaunch(intendedMs, launchedMs);
    if (requester.inFlight >= options.maxInFlight || openCount >= visitsMax) {
      requester.drop(journey.name, journey.routes[0], intendedMs);
    } else {
      start(journey, arrival, intendedMs);
    }
  };

  if (options.signal.aborted) end();
  options.signal.addEventListener('abort', end, { once: true });
  try {
    const startTimes = startTimesOf(plan.startTimes(), share);
    const arrivals =
      options.steering === undefined
        ? plannedArrivals(startTimes)
        : steeredArrivals(startTimes, options.steering, plan.totalMs);
    await runArrivals({ arrivals, clock, zeroMs, signal: over.signal, launch });
    if (openCount > 0 && !over.signal.aborted) {
      await new Promise<void>((resolve) => {
        onLastVisit = resolve;
        over.signal.addEventListener('abort', () => resolve(), { once: true });
        const cancel = clock.after(options.graceMs, resolve);
        over.signal.addEventListener('abort', cancel, { once: true });
      });
    }
  } finally {
    options.signal.removeEventListener('abort', end);
    end();
  }
  if (failure !== undefined) throw failure;
}

function findJourney(journeys: ReadonlyMap<string, Journey>, name: string): Journey {
  const journey = journeys.get(name);
  if (journey !== undefined) return journey;
  throw loadError({
    kind: 'usage',
    code: 'UNKNOWN_JOURNEY',
    message: `the plan asks for the journey ${name}; there is ${[...journeys.keys()].join(', ')}`,
  });
}

function journeyFailure(journey: Journey, arrival: number, error: unknown): Error {
  if (error instanceof AppError) return error;
  return loadError({
    kind: 'internal',
    code: 'JOURNEY_FAILED',
    message: `journey ${journey.name} threw in visit ${arrival}: ${messageOf(error)}`,
    cause: error,
  });
}
