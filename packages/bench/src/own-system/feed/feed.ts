export type FeedValue = string | number | boolean;

/** In which order visits get the records of a feed: one after the other again and again, any, or each only once. */
export const feedOrders = ['in-turn', 'random', 'once'] as const;
export type FeedOrder = (typeof feedOrders)[number];

/** What a file has for visits: records that all have the same fields. */
export interface FeedRecords {
  readonly fields: readonly string[];
  /** Values in the order of the fields. At least one row. */
  readonly rows: readonly (readonly FeedValue[])[];
  /** Of each row: its (last) line in the file, counted from 1. */
  readonly lines: readonly number[];
}

/** Records are kept in memory: a million of them, with five short values each, take some 300 MB. */
export const RECORDS_MAX = 1_000_000;

export type ParsedFeed =
  | { readonly kind: 'ok'; readonly records: FeedRecords }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** Records with a name, as a scenario has them. */
export interface Feed {
  readonly file: string;
  readonly order: FeedOrder;
  readonly records: FeedRecords;
}

export type Feeds = ReadonlyMap<string, Feed>;

/** `users.name` as its two parts; undefined for a name of something else. */
export function splitPlace(name: string): { readonly feed: string; readonly field: string } | undefined {
  const dot = name.indexOf('.');
  return dot === -1 ? undefined : { feed: name.slice(0, dot), field: name.slice(dot + 1) };
}
