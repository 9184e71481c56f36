import type { Clock } from '@stormcart/core';
import { withinRemainingMs } from './deadline.ts';

export interface BulkheadFigures {
  /** How many run at once. */
  readonly runningMax: number;
  /** How many wait for a place … */
  readonly waitingMax: number;
  /** … and for how long at most. */
  readonly waitMs: number;
}

/** Lets a few through at a time, keeps a few waiting for a while, and turns the rest away at once. */
export interface Bulkhead {
  readonly name: string;
  /** `full` means that the action was not begun. A place is free again when the action has ended, not before. */
  pass<Result>(action: () => Promise<Result>): Promise<Passage<Result>>;
  observe(): BulkheadSight;
}

export type Passage<Result> =
  | { readonly kind: 'passed'; readonly result: Result }
  | { readonly kind: 'full' };

export interface BulkheadSight {
  readonly running: number;
  readonly waiting: number;
  /** Grows from 0: turned away at once or after waiting. */
  readonly refusedCount: number;
}

export function createBulkhead(name: string, figures: BulkheadFigures, clock: Clock): Bulkhead {
  const { runningMax, waitingMax, waitMs } = figures;
  const waiting = new Set<() => void>();
  let running = 0;
  let refusedCount = 0;

  /** False when no place became free in time. */
  const enter = (): Promise<boolean> => {
    if (running < runningMax) {
      running += 1;
      return Promise.resolve(true);
    }
    if (waiting.size >= waitingMax) return Promise.resolve(false);
    return new Promise((resolve) => {
      const admit = (): void => {
        cancel();
        resolve(true);
      };
      waiting.add(admit);
      const cancel = clock.after(Math.max(withinRemainingMs(waitMs), 0), () => {
        waiting.delete(admit);
        resolve(false);
      });
    });
  };

  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    // The place passes straight on, so that nobody slips in between.
    waiting.delete(next);
    next();
  };

  return {
    name,
    pass: async (action) => {
      if (!(await enter())) {
        refusedCount += 1;
        return { kind: 'full' };
      }
      try {
        return { kind: 'passed', result: await action() };
      } finally {
        leave();
      }
    },
    observe: () => ({ running, waiting: waiting.size, refusedCount }),
  };
}
