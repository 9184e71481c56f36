import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  handleAll,
  SamplingBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { unreachable } from '../service/unreachable.ts';
import type { PolicyFigures } from './figures.ts';
import { type Breaker, type BreakerSight, breakerOpen, callTimedOut } from './policy.ts';

/** Breaker outside, timeout inside: what times out counts against the dependency. */
export function createCockatiel(name: string, figures: PolicyFigures): Breaker {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: figures.openMs,
    breaker: new SamplingBreaker({
      threshold: figures.failureShare,
      duration: figures.windowMs,
      minimumRps: (figures.callsMin * 1_000) / figures.windowMs,
    }),
  });
  const guarded = wrap(breaker, timeout(figures.timeoutMs, TimeoutStrategy.Aggressive));
  let openedCount = 0;
  let refusedCount = 0;
  let halfOpenedCount = 0;
  let closedCount = 0;
  breaker.onBreak(() => {
    openedCount += 1;
  });
  breaker.onHalfOpen(() => {
    halfOpenedCount += 1;
  });
  breaker.onReset(() => {
    closedCount += 1;
  });
  const refuse = (cause?: unknown): never => {
    refusedCount += 1;
    throw breakerOpen(name, cause);
  };
  return {
    execute: async (action) => {
      // While one call tries the dependency, cockatiel lets all others wait for its end: a queue without a bound.
      if (breaker.state === CircuitState.HalfOpen) refuse();
      try {
        return await guarded.execute(({ signal }) => action(signal));
      } catch (error) {
        if (error instanceof BrokenCircuitError) refuse(error);
        if (error instanceof TaskCancelledError) throw callTimedOut(name, figures.timeoutMs, error);
        throw error;
      }
    },
    observe: () => ({
      state: stateOf(breaker.state),
      openedCount,
      halfOpenedCount,
      closedCount,
      refusedCount,
    }),
    close: () => undefined,
  };
}

function stateOf(state: CircuitState): BreakerSight['state'] {
  switch (state) {
    case CircuitState.Closed:
      return 'closed';
    case CircuitState.HalfOpen:
      return 'halfOpen';
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'open';
    default:
      return unreachable(state);
  }
}
