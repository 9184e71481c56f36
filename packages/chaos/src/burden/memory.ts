import { writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { LayBurden } from './burden.ts';

const MIB = 1_048_576;
/** Filled in some 20 ms, after which this process listens again. */
const CHUNK_BYTES = 64 * MIB;
const PAGE_BYTES = 4_096;
/** With less than this left to everybody, what was asked for cannot be had without harm. */
const RESERVE_BYTES = 256 * MIB;
/** Where there is swap, pages that nobody touches go there and weigh no more. */
const TOUCH_EVERY_MS = 1_000;

/** Holds memory whose pages have all been written. */
export const layMemory: LayBurden<'memory'> = async ({ bytes }, signal) => {
  // Should the kernel have to end somebody for lack of memory after all, then this process.
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
  const chunks: Buffer[] = [];
  let heldBytes = 0;
  while (heldBytes < bytes) {
    signal.throwIfAborted();
    const size = Math.min(CHUNK_BYTES, bytes - heldBytes);
    if (process.availableMemory() < size + RESERVE_BYTES) {
      throw new Error(`only ${Math.floor(heldBytes / MIB)} MiB could be had without harm to the machine`);
    }
    chunks.push(Buffer.alloc(size, 1));
    heldBytes += size;
    await setImmediate();
  }
  setInterval(() => touch(chunks), TOUCH_EVERY_MS);
  return { amount: () => heldBytes, lift: async () => undefined };
};

function touch(chunks: readonly Buffer[]): void {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PAGE_BYTES) chunk[at] = 1;
  }
}
