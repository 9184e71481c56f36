import { decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { z } from 'zod';
import type { LatencyHistogram } from './latency.ts';

/** A full histogram of an hour has 90 KiB before it is packed. */
const PACKED_CHARS_MAX = 1_000_000;

const packedHistogram = z.string().max(PACKED_CHARS_MAX);

/** Latencies on their way to another process: the HdrHistogram format V2, base64, and what is kept exactly. */
export const encodedLatencySchema = z.strictObject({
  histogram: packedHistogram,
  maxMs: z.number().nonnegative(),
  sumMs: z.number().nonnegative(),
});

export type EncodedLatency = z.infer<typeof encodedLatencySchema>;

export const encodedHistogramSchema = packedHistogram;

export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** Throws what the library throws when it is none. */
export function decodeHistogram(text: string): Histogram {
  return decodeFromCompressedBase64(text);
}

export function encodeLatency({ raw, maxMs, sumMs }: LatencyHistogram): EncodedLatency {
  return { histogram: encodeHistogram(raw), maxMs, sumMs };
}

/** Adds counts to counts: no sample moves to another bucket. */
export function addEncodedLatency(into: LatencyHistogram, { histogram, maxMs, sumMs }: EncodedLatency): void {
  into.add({ raw: decodeHistogram(histogram), maxMs, sumMs });
}
