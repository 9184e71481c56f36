import { AppError, type Random } from '@stormcart/core';
import type { Feed, FeedValue } from './feed.ts';

/** The record of the next visit. `random` is the visit's own. */
export type Feeder = (random: Random) => readonly FeedValue[];

/**
 * Hands out the records of a feed for one drill. With `once` it throws FEED_USED_UP rather than give out a record
 * twice: who asks for that has logins or codes which work once, and figures with used ones would be wrong.
 */
export function createFeeder(name: string, { file, order, records: { rows } }: Feed): Feeder {
  let next = 0;
  const rowAt = (index: number): readonly FeedValue[] => rows[index] ?? [];
  switch (order) {
    case 'random':
      return (random) => rowAt(random.integer(0, rows.length - 1));
    case 'in-turn':
      return () => {
        const row = rowAt(next);
        next = (next + 1) % rows.length;
        return row;
      };
    case 'once':
      return () => {
        if (next === rows.length) throw usedUp(name, file, rows.length);
        next += 1;
        return rowAt(next - 1);
      };
    default:
      return order satisfies never;
  }
}

function usedUp(name: string, file: string, count: number): AppError {
  return new AppError({
    kind: 'usage',
    code: 'FEED_USED_UP',
    message: `every one of the ${count} records of the feed ${name} (${file}) was used once`,
    hint: 'Give the file more records, send fewer visits, or say `order: in-turn` or `random`.',
  });
}
