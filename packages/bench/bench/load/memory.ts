import { runOpenLoop } from './open-loop.ts';

/** What the driver's process holds after so many requests. */
export interface MemoryRow {
  readonly requests: number;
  /** After a collection, where the process may ask for one. */
  readonly heapMib: number;
  readonly residentMib: number;
}

const MIB = 1_048_576;
const ROWS = 10;

/** One run of the open loop, from which memory is read at ten places. */
export async function watchMemory(
  url: URL,
  count: number,
  perSecond: number,
  signal: AbortSignal,
  onRow: (row: MemoryRow) => void,
): Promise<void> {
  const startedMs = performance.now();
  const forMs = (count / perSecond) * 1_000;
  const timer = setInterval(() => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const requests = Math.round(((performance.now() - startedMs) / 1_000) * perSecond);
    onRow({ requests, heapMib: heapUsed / MIB, residentMib: rss / MIB });
  }, forMs / ROWS);
  try {
    await runOpenLoop(url, perSecond, forMs, signal);
  } finally {
    clearInterval(timer);
  }
}
