import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import { type BackOffFigures, backOffMs } from './back-off.ts';

/** Work that is looked for again and again, one turn after the other, until it is closed. */
export interface PollingLoop {
  /** Begins no further turn; resolves when the one under way has ended. */
  close(): Promise<void>;
}

/** What a turn found: `more` may be waiting, `nothing` is, or some of it is `stuck` and has to go again. */
export type Turn = 'more' | 'nothing' | 'stuck';

export interface PollingFigures {
  /** Before the first turn, and after one that found nothing, milliseconds. */
  readonly idleMs: number;
  /** After a turn that left more; 0 goes on at once. */
  readonly moreMs: number;
  /** After turns that were stuck or failed. */
  readonly failureMs: BackOffFigures;
}

export interface PollingParts {
  readonly figures: PollingFigures;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the log says of the first failure in a row: `outbox not relayed`. */
  readonly failure: string;
}

/**
 * Takes turns with pauses in between. A turn bounds itself: each of its calls to a store ends, one way or the other. A
 * turn that fails is never the last; the pauses grow, so that a store on its way back is not hammered. Once the signal
 * is aborted a long turn should come to its end.
 */
export function startPolling(
  turn: (signal: AbortSignal) => Promise<Turn>,
  { figures, clock, log, failure }: PollingParts,
): PollingLoop {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failures = 0;

  /** Takes one turn, and says how long to wait for the next. */
  const takeTurn = async (): Promise<number> => {
    try {
      const found = await turn(signal);
      failures = found === 'stuck' ? failures + 1 : 0;
      if (found === 'nothing') return figures.idleMs;
      if (found === 'more') return figures.moreMs;
    } catch (error) {
      failures += 1;
      // Once for each row of failures: what is away stays away for a while.
      if (failures === 1) log.warn({ reason: messageOf(error) }, failure);
    }
    return backOffMs(failures, figures.failureMs);
  };

  const run = async (): Promise<void> => {
    let pauseMs = figures.idleMs;
    for (;;) {
      if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = await takeTurn();
    }
  };
  const running = run();
  return {
    close: () => {
      stopping.abort();
      return running;
    },
  };
}
