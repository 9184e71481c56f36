import type { LogEntry } from './log-entry.ts';

/**
 * A line may stand later in its file than its time says: access lines carry a request's arrival and are written at its
 * end. So many later lines are looked at: twice what a balancer under full load answers in its longest wait.
 */
const LOOK_AHEAD_MAX = 4_096;

/** Sorts within the look-ahead; holds no more than that. */
export async function* sortNearby(
  entries: AsyncIterable<LogEntry>,
  lookAheadMax = LOOK_AHEAD_MAX,
): AsyncGenerator<LogEntry> {
  let held: LogEntry[] = [];
  for await (const entry of entries) {
    held.push(entry);
    if (held.length < lookAheadMax * 2) continue;
    const sorted = held.toSorted(byTime);
    yield* sorted.slice(0, lookAheadMax);
    held = sorted.slice(lookAheadMax);
  }
  yield* held.toSorted(byTime);
}

/** Merges sources that are each in order of time; of equal times the earlier source comes first. */
export async function* mergeByTime(sources: readonly AsyncIterable<LogEntry>[]): AsyncGenerator<LogEntry> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      let first = -1;
      let firstMs = Number.POSITIVE_INFINITY;
      for (const [index, head] of heads.entries()) {
        if (head.done !== true && head.value.atMs < firstMs) {
          first = index;
          firstMs = head.value.atMs;
        }
      }
      const head = heads[first];
      const reader = readers[first];
      if (head === undefined || reader === undefined || head.done === true) return;
      yield head.value;
      heads[first] = await reader.next();
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

function byTime(left: LogEntry, right: LogEntry): number {
  return left.atMs - right.atMs;
}
