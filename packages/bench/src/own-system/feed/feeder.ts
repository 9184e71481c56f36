import { AppError, type Random } from '@stormcart/core';
import type { Feed, FeedValue } from './feed.ts';

/** The record of the next visit. `random` is the visit's own, `arrival` its number in the plan. */
export type Feeder = (random: Random, arrival: number) => readonly FeedValue[];

/**
 * How many visits of the whole plan take a record before that of this arrival. Where others send some of them, counting
 * one's own does not tell.
 */
export type TurnOf = (arrival: number) => number;

/**
 * Hands out the records of a feed for one drill. With `once` it throws FEED_USED_UP rather than give out a record
 * twice: who asks for that has logins or codes which work once, and figures with used ones would be wrong.
 */
export function createFeeder(
  name: string,
  { file, order, records: { rows } }: Feed,
  turnOf: TurnOf = countVisits(),
): Feeder {
  const rowAt = (index: number): readonly FeedValue[] => rows[index] ?? [];
  switch (order) {
    case 'random':
      return (random) => rowAt(random.integer(0, rows.length - 1));
    case 'in-turn':
      return (_, arrival) => rowAt(turnOf(arrival) % rows.length);
    case 'once':
      return (_, arrival) => {
        const turn = turnOf(arrival);
        if (turn >= rows.length) throw usedUp(name, file, rows.length);
        return rowAt(turn);
      };
    default:
      return order satisfies never;
  }
}

/** Where all visits come by here. */
function countVisits(): TurnOf {
  let count = 0;
  return () => {
    count += 1;
    return count - 1;
  };
}

/** Where only a share of the visits comes by here: reads the rest off the plan. Arrivals must not fall. */
export function turnsInPlan(journeyOf: (arrival: number) => string, users: ReadonlySet<string>): TurnOf {
  let turns = 0;
  let seenUntil = 0;
  return (arrival) => {
    for (; seenUntil < arrival; seenUntil += 1) {
      if (users.has(journeyOf(seenUntil))) turns += 1;
    }
    return turns;
  };
}

function usedUp(name: string, file: string, count: number): AppError {
  return new AppError({
    kind: 'usage',
    code: 'FEED_USED_UP',
    message: `every one of the ${count} records of the feed ${name} (${file}) was used once`,
    hint: 'Give the file more records, send fewer visits, or say `order: in-turn` or `random`.',
  });
}
