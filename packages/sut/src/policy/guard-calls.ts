import { AppError } from '@stormcart/core';
import { currentDeadline, requireTime } from './deadline.ts';
import type { PolicyFigures } from './figures.ts';
import { type Breaker, callsFull, type Policy } from './policy.ts';
import { untilDeadline } from './until-deadline.ts';

/**
 * A breaker with the bounds that the libraries get wrong or lack: calls under way are counted until they have really
 * ended, what is turned away is no failure of the dependency, and nobody waits past the deadline.
 */
export function guardCalls(name: string, figures: PolicyFigures, breaker: Breaker): Policy {
  let underWay = 0;
  let wastedCount = 0;
  let overflowCount = 0;

  const run = async <Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    try {
      return await breaker.execute(async (signal) => {
        underWay += 1;
        try {
          return await action(signal);
        } finally {
          underWay -= 1;
        }
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'CALL_TIMED_OUT') wastedCount += 1;
      throw error;
    }
  };

  return {
    name,
    execute: async (action) => {
      requireTime(name);
      if (underWay >= figures.underWayMax) {
        overflowCount += 1;
        throw callsFull(name, underWay);
      }
      const deadline = currentDeadline();
      if (deadline === undefined || deadline.remainingMs() >= figures.timeoutMs) return run(action);
      return untilDeadline(run(action), deadline, name, () => {
        wastedCount += 1;
      });
    },
    observe: () => ({ ...breaker.observe(), wastedCount, overflowCount }),
    close: () => breaker.close(),
  };
}
