import { z } from 'zod';
import { feedOrders } from '../../own-system/feed/feed.ts';
import { feedFileEnds, feedParserFor } from '../../own-system/feed/parse-feed.ts';
import { text, word } from './value.ts';

/** Each is a file in memory. */
const MOST_FEEDS = 20;

const feedName = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, {
  error: 'a feed is named by letters and digits, beginning with a lower-case letter',
});

const feed = z.strictObject({
  file: text(
    'beside the scenario: CSV with a first line of names (.csv), or a JSON object in each line (.jsonl, .ndjson)',
  ).refine((file) => feedParserFor(file) !== undefined, {
    error: `the name of a feed's file ends in ${feedFileEnds.join(', ')}`,
  }),
  order: word(feedOrders, 'which record a visit gets').prefault('in-turn'),
});

/** `feeds:`, records from files for `requests`. */
export const feedsFormat = z
  .record(feedName, feed)
  .refine((feeds) => Object.keys(feeds).length <= MOST_FEEDS, { error: `at most ${MOST_FEEDS} feeds` })
  .meta({
    description: 'records by name; {users.name} in requests stands for a field of the visit’s record',
  });
