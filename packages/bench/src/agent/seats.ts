import { AppError } from '@stormcart/core';
import type { ShareOutcome } from '../share/share-outcome.ts';
import type { Final, News } from './agent-message.ts';

/** Who has which share, and when he was last heard of. Times are on the clock of whoever shares out. */
export interface Seats {
  /** News of the share with this index. */
  hear(index: number, news: News, nowMs: number): void;
  end(index: number, final: Final): void;
  /** BullMQ says that nobody will run it any more. */
  fail(index: number, reason: string): void;
  /** Names of those who are ready now, in the order of the shares. */
  ready(nowMs: number): readonly string[];
  /** The agent that knows worst what time it is. */
  leastCertain(): { readonly name: string; readonly uncertaintyMs: number } | undefined;
  /** What came of a share is not whole. */
  lose(index: number, reason: string): void;
  /** From now on a share belongs to whoever has it. */
  begin(nowMs: number): void;
  /** Gives up those of whom nothing was heard for too long. */
  loseSilent(nowMs: number): void;
  /** Gives up all that have not ended. */
  loseRest(reason: string): void;
  readonly outcomes: readonly (ShareOutcome | undefined)[];
}

interface Seat {
  name: string | undefined;
  uncertaintyMs: number;
  heardMs: number;
  outcome: ShareOutcome | undefined;
}

/** News come every 250 ms: twenty missed ones are no hiccup. An agent's load runs in a process beside it and does not delay them. */
export const SILENT_MS_MAX = 5_000;

/** Before the start it costs nothing to wait for somebody who hesitates, so six missed ones are enough. */
export const READY_MS_MAX = 1_500;

export function createSeats(count: number): Seats {
  const seats = Array.from({ length: count }, (): Seat => {
    return { name: undefined, uncertaintyMs: 0, heardMs: Number.NEGATIVE_INFINITY, outcome: undefined };
  });
  let hasBegun = false;
  const nameOf = (index: number): string =>
    `agent ${seats[index]?.name ?? 'unknown'} (share ${index + 1} of ${count})`;
  const lose = (index: number, reason: string): void => {
    const seat = seats[index];
    if (seat !== undefined) seat.outcome ??= { kind: 'lost', name: nameOf(index), reason };
  };
  const loseFor = (index: number, reason: string): void => lose(index, `${nameOf(index)}: ${reason}`);
  /** Before the start a share may pass to another agent; after it, whoever else has it cannot have all of it. */
  const isSomebodyElse = (seat: Seat, name: string): boolean => hasBegun && seat.name !== name;
  return {
    hear: (index, news, nowMs) => {
      const seat = seats[index];
      if (seat === undefined || seat.outcome !== undefined || isSomebodyElse(seat, news.name)) return;
      seat.name = news.name;
      seat.heardMs = nowMs;
      if (news.kind === 'ready') seat.uncertaintyMs = news.uncertaintyMs;
    },
    end: (index, final) => {
      const seat = seats[index];
      if (seat === undefined || seat.outcome !== undefined) return;
      if (isSomebodyElse(seat, final.name)) {
        lose(index, `${nameOf(index)} is gone`);
        return;
      }
      seat.name = final.name;
      const name = nameOf(index);
      if (final.kind === 'done') seat.outcome = { kind: 'done', name, result: final.result };
      else if (final.kind === 'lost') seat.outcome = { kind: 'lost', name, reason: final.reason };
      else seat.outcome = { kind: 'failed', name, error: failureOf(name, final.error) };
    },
    fail: (index, reason) => loseFor(index, reason),
    ready: (nowMs) =>
      seats
        .filter(({ outcome, heardMs }) => outcome === undefined && nowMs - heardMs <= READY_MS_MAX)
        .map(({ name }) => name ?? 'unknown'),
    leastCertain: () => {
      const worst = seats.toSorted((left, right) => right.uncertaintyMs - left.uncertaintyMs)[0];
      return worst?.name === undefined ? undefined : { name: worst.name, uncertaintyMs: worst.uncertaintyMs };
    },
    lose: loseFor,
    begin: (nowMs) => {
      hasBegun = true;
      for (const seat of seats) seat.heardMs = nowMs;
    },
    loseSilent: (nowMs) => {
      for (const [index, { heardMs }] of seats.entries()) {
        if (nowMs - heardMs > SILENT_MS_MAX) {
          lose(index, `${nameOf(index)} is lost: nothing was heard of it for ${SILENT_MS_MAX / 1_000} s`);
        }
      }
    },
    loseRest: (reason) => {
      for (const index of seats.keys()) lose(index, `${nameOf(index)} ${reason}`);
    },
    get outcomes() {
      return seats.map(({ outcome }) => outcome);
    },
  };
}

function failureOf(name: string, error: Extract<Final, { kind: 'failed' }>['error']): AppError {
  const { kind, code, message, hint } = error;
  return new AppError({
    kind,
    code,
    message: `${name}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
