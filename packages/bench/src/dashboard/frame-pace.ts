import type { Clock } from '@stormcart/core';

/** More often nobody sees, and drawing would take CPU from the drill. */
const FRAME_EVERY_MS = 100;

/** Draws soon after it is asked to, at most ten times a second. */
export interface FramePace {
  readonly ask: () => void;
  readonly close: () => void;
}

export function createFramePace(clock: Clock, draw: () => void): FramePace {
  let lastMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  return {
    ask: () => {
      if (cancel !== undefined) return;
      cancel = clock.after(Math.max(lastMs + FRAME_EVERY_MS - clock.now(), 0), () => {
        cancel = undefined;
        lastMs = clock.now();
        draw();
      });
    },
    close: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}
