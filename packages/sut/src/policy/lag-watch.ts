import type { Clock } from '@stormcart/core';
import { lagFigures as figures } from './shedding-figures.ts';

/** How late this process's timers come: what every request waits before anything happens for it. */
export interface LagWatch {
  close(): void;
}

/** The smoothed lag after one more timer that came so late. */
export function smoothedLagMs(beforeMs: number, lateMs: number): number {
  const sample = Math.min(Math.max(lateMs, 0), figures.sampleMsMax);
  return beforeMs + figures.weight * (sample - beforeMs);
}

/** Tells the smoothed lag at every look. */
export function watchLag(clock: Clock, onLook: (lagMs: number) => void): LagWatch {
  let lagMs = 0;
  let cancel: (() => void) | undefined;
  const look = (): void => {
    const dueMs = clock.now() + figures.everyMs;
    cancel = clock.after(figures.everyMs, () => {
      lagMs = smoothedLagMs(lagMs, clock.now() - dueMs);
      onLook(lagMs);
      look();
    });
  };
  look();
  return { close: () => cancel?.() };
}
