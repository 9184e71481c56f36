import type { LogEntry } from './drill-state.ts';

/** What happened in a drill, line by line: the latest ones, for those who come late or were away for a while. */
export interface LogBook {
  write(kind: LogEntry['kind'], atMs: number, text: string): void;
  /** Those after this number, as far as they are still known; all of them from 0. */
  since(number: number): readonly LogEntry[];
}

/** Two hours of a fault every ten seconds with its breakers; about 200 KiB. */
const ENTRIES_MAX = 2_000;
/** A line that is longer explains nothing more. */
const TEXT_MAX = 500;

export function createLogBook(): LogBook {
  let entries: LogEntry[] = [];
  let number = 0;
  return {
    write: (kind, atMs, text) => {
      number += 1;
      entries.push({ number, atMs, kind, text: text.slice(0, TEXT_MAX) });
      // In one go now and then, so that a line costs the same however many there are.
      if (entries.length >= 2 * ENTRIES_MAX) entries = entries.slice(-ENTRIES_MAX);
    },
    since: (after) => {
      const known = entries.slice(-ENTRIES_MAX);
      return known
        .slice(
          Math.max(
            0,
            known.findIndex((entry) => entry.number > after),
          ),
        )
        .filter((entry) => entry.number > after);
    },
  };
}
