import type { Clock } from '@stormcart/core';
import type { Request, Response } from 'express';
import { type Bulkhead, createBulkhead } from '../../policy/bulkhead.ts';
import {
  allowedMs,
  DEADLINE_HEADER,
  type Deadline,
  deadlineIn,
  withinDeadline,
} from '../../policy/deadline.ts';
import { bulkheadFigures, deadlineMs, RETRY_AFTER_SECONDS, sheddingFigures } from '../../policy/figures.ts';
import { watchLag } from '../../policy/lag-watch.ts';
import { isShed, nextShedding, noShedding, type Priority } from '../../policy/shedding.ts';
import { type Answer, problem } from '../problem.ts';
import type { Route } from '../route.ts';
import type { OverloadKind } from './overload-kind.ts';
import { bulkheadOf, priorityOf } from './route-classes.ts';

/** Keeps a process from taking on more than it can answer in time. */
export interface Overload {
  /** The first thing that happens to a request; an answer when it is turned away. */
  enter(request: Request, response: Response): Answer | undefined;
  /** Runs a route's work in its bulkhead and under the request's deadline. */
  run(route: Route, response: Response, work: () => Promise<Answer>): Promise<Answer>;
  observe(): OverloadSight | undefined;
  close(): void;
}

export interface OverloadSight {
  readonly level: number;
  readonly lagMs: number;
  readonly inFlight: number;
  /** Grow from 0. */
  readonly shedCounts: Readonly<Record<Priority, number>>;
  readonly bulkheads: readonly Bulkhead[];
}

export function createOverload(kind: OverloadKind, clock: Clock): Overload {
  return kind === 'none' ? noOverload : createPriorityOverload(clock);
}

const noOverload: Overload = {
  enter: () => undefined,
  run: (_route, _response, work) => work(),
  observe: () => undefined,
  close: () => undefined,
};

function createPriorityOverload(clock: Clock): Overload {
  const bulkheads = {
    search: createBulkhead('search', bulkheadFigures.search, clock),
    checkout: createBulkhead('checkout', bulkheadFigures.checkout, clock),
  };
  const shedCounts: Record<Priority, number> = { browse: 0, cart: 0, checkout: 0 };
  let shedding = noShedding;
  let lagMs = 0;
  let inFlight = 0;
  const watch = watchLag(clock, (lag) => {
    lagMs = lag;
    shedding = nextShedding(shedding, { lagMs, inFlight }, sheddingFigures);
  });
  return {
    enter: (request, response) => {
      const priority = priorityOf(request.path);
      if (isShed(priority, shedding, inFlight, sheddingFigures)) {
        shedCounts[priority] += 1;
        return busy('This process has more to do than it can answer in time.');
      }
      inFlight += 1;
      response.once('close', () => {
        inFlight -= 1;
      });
      const ms = allowedMs(request.headers[DEADLINE_HEADER], deadlineMs[priority]);
      response.locals['deadline'] = deadlineIn(ms, clock);
      return undefined;
    },
    run: (route, response, work) =>
      withinDeadline(response.locals['deadline'] as Deadline, async () => {
        const name = bulkheadOf(route);
        if (name === undefined) return work();
        const passage = await bulkheads[name].pass(work);
        return passage.kind === 'passed' ? passage.result : busy('Too many others ask for the same.');
      }),
    observe: () => ({
      level: shedding.level,
      lagMs,
      inFlight,
      shedCounts,
      bulkheads: Object.values(bulkheads),
    }),
    close: () => watch.close(),
  };
}

/** Nothing was begun: who comes back later asks for it the first time. */
function busy(detail: string): Answer {
  return problem('busy', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
