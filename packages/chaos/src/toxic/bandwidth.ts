import { z } from 'zod';
import { type Delivery, defineToxic } from './toxic.ts';

/** One read's worth: what is held here has left the sender's window, so it must be little. */
const HELD_BYTES_MAX = 65_536;
/** Twenty pieces a second look like a slow line; fewer look like a stutter, more cost timers. */
const PIECES_PER_SECOND = 20;
/** Bounds the queue at very low rates: a 64 KiB chunk becomes pieces of at least 256 bytes. */
const PIECES_PER_CHUNK_MAX = 256;

const attributes = z.strictObject({
  /** Toxiproxy's KB/s: thousands of bytes a second. Fractions are accepted here. */
  rate: z.number().min(0.001).max(10_737_418.24),
});

/** Lets `rate` through on each connection; no credit is saved up while nothing is sent. */
export const bandwidthToxic = defineToxic(attributes, ({ rate }) => ({
  kind: 'connection',
  begin: ({ nowMs: beginMs }) => {
    // 1 KB/s is one byte a millisecond.
    const bytesPerMs = rate;
    let freeMs = beginMs;
    return {
      heldBytesMax: HELD_BYTES_MAX,
      data: (chunk, nowMs) => {
        freeMs = Math.max(freeMs, nowMs);
        const deliveries: Delivery[] = [];
        for (const data of split(chunk, bytesPerMs)) {
          freeMs += data.length / bytesPerMs;
          deliveries.push({ data, dueMs: freeMs });
        }
        return deliveries;
      },
      endDueMs: (nowMs) => Math.max(freeMs, nowMs),
      removal: 'release',
    };
  },
}));

function split(chunk: Buffer, bytesPerMs: number): readonly Buffer[] {
  const size = Math.max(
    1,
    Math.ceil((bytesPerMs * 1_000) / PIECES_PER_SECOND),
    Math.ceil(chunk.length / PIECES_PER_CHUNK_MAX),
  );
  const pieces: Buffer[] = [];
  for (let start = 0; start < chunk.length; start += size) pieces.push(chunk.subarray(start, start + size));
  return pieces;
}
