/** One request, as one line of JSON. Absent values are null, so that every line has every key. */
export interface AccessLine {
  /** ISO 8601, when the request's head had arrived. */
  readonly time: string;
  readonly requestId: string;
  readonly client: string;
  readonly method: string | null;
  /** Without the query: secrets have been seen in those. */
  readonly path: string | null;
  readonly route: string | null;
  readonly pool: string | null;
  readonly backend: string | null;
  /** What the client was told; null when it was told nothing. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly retryCount: number;
  /** Why it did not go well; null when a back end's answer was passed on completely. */
  readonly failure: string | null;
}

/** Where lines end up. Resolves when written; a rejection drops that batch. */
export type LogSink = (text: string) => Promise<void>;

export interface AccessLog {
  write(line: AccessLine): void;
  readonly droppedCount: number;
  /** Writes out what is waiting; afterwards lines are dropped. */
  close(): Promise<void>;
}

/** Lines of one write. Bounds the text that is built at once to about 300 kB. */
const BATCH_LINES_MAX = 1_000;

/** A request never waits for its line: one batch is under way, the next gathers, and what exceeds the bound is counted. */
export function createAccessLog(sink: LogSink, linesMax: number): AccessLog {
  let waiting: AccessLine[] = [];
  let droppedCount = 0;
  let isClosed = false;
  let writing: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    // Lets the requests of one turn of the event loop share a write.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_LINES_MAX);
      waiting = waiting.slice(BATCH_LINES_MAX);
      await sink(batch.map((line) => `${JSON.stringify(line)}\n`).join('')).catch(() => {
        droppedCount += batch.length;
      });
    }
    writing = undefined;
  };

  return {
    write: (line) => {
      if (isClosed || waiting.length >= linesMax) {
        droppedCount += 1;
        return;
      }
      waiting.push(line);
      writing ??= drain();
    },
    get droppedCount() {
      return droppedCount;
    },
    close: async () => {
      isClosed = true;
      await writing;
    },
  };
}
