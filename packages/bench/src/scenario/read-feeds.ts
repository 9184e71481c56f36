import { messageOf } from '@stormcart/core';
import type { Feed, Feeds } from '../own-system/feed/feed.ts';
import { feedParserFor } from '../own-system/feed/parse-feed.ts';
import { feedsFormat } from './format/feeds.ts';
import { isPlainMap } from './format/value.ts';
import type { ReadBeside } from './read-recordings.ts';
import type { Reporter } from './reporter.ts';

export interface ReadFeeds {
  readonly feeds: Feeds;
  /** Those whose records cannot be told, which is reported here or when the whole file is read. */
  readonly unreadable: ReadonlySet<string>;
}

/** Reads and checks every file of records that the scenario names. */
export function readFeeds(raw: unknown, readBeside: ReadBeside, reporter: Reporter): ReadFeeds {
  const feeds = new Map<string, Feed>();
  const unreadable = new Set<string>();
  for (const [name, entry] of Object.entries(isPlainMap(raw) ? raw : {})) {
    const whole = feedsFormat.safeParse({ [name]: entry });
    const feed = whole.success ? readFeed(name, whole.data[name], readBeside, reporter) : undefined;
    if (feed === undefined) unreadable.add(name);
    else feeds.set(name, feed);
  }
  return { feeds, unreadable };
}

function readFeed(
  name: string,
  entry: Pick<Feed, 'file' | 'order'> | undefined,
  readBeside: ReadBeside,
  reporter: Reporter,
): Feed | undefined {
  const parse = entry && feedParserFor(entry.file);
  if (entry === undefined || parse === undefined) return undefined;
  const { file, order } = entry;
  const path = ['feeds', name, 'file'];
  let text: string;
  try {
    text = readBeside(file);
  } catch (error) {
    reporter.error(path, `cannot read ${file}: ${messageOf(error)}`);
    return undefined;
  }
  const parsed = parse(text);
  if (parsed.kind === 'ok') return { file, order, records: parsed.records };
  reporter.error(path, `${file}:${parsed.line}: ${parsed.problem}`);
  return undefined;
}
