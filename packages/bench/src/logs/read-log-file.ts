import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { lineFormats } from './format/table.ts';
import type { LogEntry } from './log-entry.ts';

/** A stack or a crash report is shown up to here. */
const MESSAGE_CHARS_MAX = 16_384;

/** `orders-1.log` → `orders/1`, `mariadb.log` → `mariadb`. */
function sourceOf(file: string): string {
  return basename(file, '.log').replace(/-(\d+)$/, '/$1');
}

/**
 * The entries of one file, in the order in which they were written. A line of no known format belongs to the entry
 * before it; one with nothing before it carries the time of the file's first entry.
 */
export async function* readLogFile(file: string): AsyncGenerator<LogEntry> {
  const source = sourceOf(file);
  const input = createReadStream(file, 'utf8');
  let pending: LogEntry | undefined;
  let orphans: string[] = [];
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === '') continue;
      const parsed = parseLine(line);
      if (parsed === undefined) {
        if (pending !== undefined) pending = continued(pending, line);
        else if (orphans.length < ORPHANS_MAX) orphans.push(line.slice(0, MESSAGE_CHARS_MAX));
        continue;
      }
      for (const message of orphans) yield plain(parsed.atMs, source, message);
      orphans = [];
      if (pending !== undefined) yield pending;
      pending = { ...parsed, source };
    }
  } finally {
    input.destroy();
  }
  if (pending !== undefined) yield pending;
}

/** Greetings before a program's own log begins; in a file without any entry they have no time and are left out. */
const ORPHANS_MAX = 100;

function parseLine(line: string): Omit<LogEntry, 'source'> | undefined {
  for (const format of lineFormats) {
    const parsed = format(line);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function continued(entry: LogEntry, line: string): LogEntry {
  if (entry.message.length >= MESSAGE_CHARS_MAX) return entry;
  return { ...entry, message: `${entry.message}\n${line}`.slice(0, MESSAGE_CHARS_MAX) };
}

function plain(atMs: number, source: string, message: string): LogEntry {
  return { atMs, level: 'info', source, message, fields: {} };
}
