import { AppError, messageOf } from '@stormcart/core';
import type { LogEntry } from './log-entry.ts';
import { idsOf, type LogQuery, matches, namesOrder, RELATED_MAX, type RelatedRequests } from './log-query.ts';
import { mergeByTime, sortNearby } from './merge-by-time.ts';
import { readLogFile } from './read-log-file.ts';
import { resolveTimeBound, type TimeBound } from './time-bound.ts';

export interface LogSearch extends Omit<LogQuery, 'sinceMs' | 'untilMs'> {
  readonly since?: TimeBound;
  readonly until?: TimeBound;
}

/**
 * What matches in all files, in order of time. Files are read line by line, as often as the search needs; memory is
 * bounded by the look-ahead of each file.
 */
export async function* queryLogs(files: readonly string[], search: LogSearch): AsyncGenerator<LogEntry> {
  const { since, until, ...rest } = search;
  const span = since === undefined && until === undefined ? undefined : await spanOf(files);
  const query: LogQuery = {
    ...rest,
    ...(since === undefined || span === undefined ? {} : { sinceMs: resolveTimeBound(since, span) }),
    ...(until === undefined || span === undefined ? {} : { untilMs: resolveTimeBound(until, span) }),
  };
  const related = query.orderId === undefined ? undefined : await relatedRequests(files, query.orderId);
  const isWanted = (entry: LogEntry): boolean => matches(entry, query, related);
  yield* mergeByTime(files.map((file) => sortNearby(filtered(readWhole(file), isWanted))));
}

async function* filtered(
  entries: AsyncIterable<LogEntry>,
  isWanted: (entry: LogEntry) => boolean,
): AsyncGenerator<LogEntry> {
  for await (const entry of entries) if (isWanted(entry)) yield entry;
}

async function* readWhole(file: string): AsyncGenerator<LogEntry> {
  try {
    yield* readLogFile(file);
  } catch (error) {
    throw new AppError({
      kind: 'usage',
      code: 'UNREADABLE_LOG',
      message: `${file} cannot be read: ${messageOf(error)}`,
      cause: error,
    });
  }
}

async function spanOf(
  files: readonly string[],
): Promise<{ readonly startMs: number; readonly endMs: number }> {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    for await (const { atMs } of readWhole(file)) {
      startMs = Math.min(startMs, atMs);
      endMs = Math.max(endMs, atMs);
    }
  }
  return { startMs, endMs };
}

async function relatedRequests(files: readonly string[], orderId: string): Promise<RelatedRequests> {
  const ids = new Set<string>();
  for (const file of files) {
    for await (const entry of readWhole(file)) {
      if (ids.size >= RELATED_MAX) return { ids };
      if (namesOrder(entry, orderId)) for (const id of idsOf(entry)) ids.add(id);
    }
  }
  return { ids };
}
