import type { LogEntry } from '../../control/drill-state.ts';

/** Lines kept for scrolling back: an hour's drill tells of a few hundred faults and outages. */
const LOG_LINES_KEPT = 2_000;

/** The latest lines of the event log, the newest last. */
export interface LogRing {
  /** Whether the line is new: after a reconnect some come twice. */
  push(entry: LogEntry): boolean;
  /** Number of the newest line; 0 before the first. */
  readonly lastNumber: number;
  readonly count: number;
  /**
   * Up to `count` lines, the newest last, that hold the words; `skip` of the newest such are left away. Reads no more
   * of the ring than it must.
   */
  latest(count: number, options?: { readonly skip?: number; readonly filter?: string }): readonly LogEntry[];
  /** How many lines hold the words. */
  matching(filter: string): number;
}

export function createLogRing(capacity = LOG_LINES_KEPT): LogRing {
  const slots: LogEntry[] = [];
  let next = 0;
  let lastNumber = 0;
  /** The `age`th newest, from 0. */
  const at = (age: number): LogEntry | undefined => slots[(next - 1 - age + 2 * capacity) % capacity];
  return {
    push: (entry) => {
      if (entry.number <= lastNumber) return false;
      lastNumber = entry.number;
      slots[next] = entry;
      next = (next + 1) % capacity;
      return true;
    },
    get lastNumber() {
      return lastNumber;
    },
    get count() {
      return slots.length;
    },
    latest: (count, { skip = 0, filter = '' } = {}) => {
      const found: LogEntry[] = [];
      const matches = matcherOf(filter);
      let skipped = 0;
      for (let age = 0; age < slots.length && found.length < count; age += 1) {
        const entry = at(age);
        if (entry === undefined || !matches(entry)) continue;
        if (skipped < skip) skipped += 1;
        else found.push(entry);
      }
      return found.toReversed();
    },
    matching: (filter) => (filter === '' ? slots.length : slots.filter(matcherOf(filter)).length),
  };
}

/** Every word of the filter stands in the line, its kind included; case does not count. */
function matcherOf(filter: string): (entry: LogEntry) => boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (entry) => {
    const text = `${entry.kind} ${entry.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
