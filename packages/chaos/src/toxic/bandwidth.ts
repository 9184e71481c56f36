import { z } from 'zod';
import { amount, type Delivery, defineToxic } from './toxic.ts';

/** One read's worth: what is held here has left the sender's window, so it must be little. */
const HELD_BYTES_MAX = 65_536;
/** Twenty pieces a second look like a slow line; fewer look like a stutter, more cost timers. */
const PIECES_PER_SECOND = 20;
/** At very low rates a 64 KiB chunk becomes pieces of at least 256 bytes. */
const PIECES_PER_CHUNK_MAX = 256;
/** 10 GiB/s: more than loopback carries. */
const RATE_MAX = 10_737_418.24;

const attributes = z.object({
  /** Toxiproxy's KB/s: thousands of bytes a second. Fractions are accepted here; 0 lets nothing through. */
  rate: amount(0, RATE_MAX, 'KB/s, thousands of bytes a second').default(0),
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
        const startMs = Math.max(freeMs, nowMs);
        freeMs = startMs + chunk.length / bytesPerMs;
        return pieces(chunk, startMs, bytesPerMs);
      },
      endDueMs: (nowMs) => Math.max(freeMs, nowMs),
      removal: 'release',
    };
  },
}));

function* pieces(chunk: Buffer, startMs: number, bytesPerMs: number): Iterable<Delivery> {
  const size = Math.max(
    1,
    Math.ceil((bytesPerMs * 1_000) / PIECES_PER_SECOND),
    Math.ceil(chunk.length / PIECES_PER_CHUNK_MAX),
  );
  for (let start = 0; start < chunk.length; start += size) {
    const end = Math.min(start + size, chunk.length);
    yield { data: chunk.subarray(start, end), dueMs: startMs + end / bytesPerMs };
  }
}
