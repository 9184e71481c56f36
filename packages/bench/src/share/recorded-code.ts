import { deflateSync, inflateSync } from 'node:zlib';
import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import type { RecordedArrivals } from '../plan/stage.ts';
import { shareError } from './share-error.ts';

/** What a recording unpacks to at the most: nothing that comes over the wire may fill the memory. */
const UNPACKED_BYTES_MAX = 256_000_000;

/** Recorded arrivals on their way to whoever makes a share: deflated, base64. */
export const encodedRecordingSchema = z.strictObject({
  /** Doubles, little-endian. */
  times: z.string(),
  /** JSON. */
  journeys: z.string(),
});

type EncodedRecording = z.infer<typeof encodedRecordingSchema>;

export function encodeRecording({ timesMs, journeys }: RecordedArrivals): EncodedRecording {
  const times = Buffer.from(timesMs.buffer, timesMs.byteOffset, timesMs.byteLength);
  return { times: pack(times), journeys: pack(Buffer.from(JSON.stringify(journeys))) };
}

/** Throws BAD_SHARE. */
export function decodeRecording({ times, journeys }: EncodedRecording): RecordedArrivals {
  try {
    const bytes = unpack(times);
    const timesMs = new Float64Array(bytes.length / 8);
    new Uint8Array(timesMs.buffer).set(bytes);
    return { timesMs, journeys: z.array(z.string()).parse(JSON.parse(unpack(journeys).toString('utf8'))) };
  } catch (cause) {
    const message = `recorded arrivals cannot be read: ${messageOf(cause)}`;
    throw shareError({ kind: 'internal', code: 'BAD_SHARE', message, cause });
  }
}

function pack(bytes: Buffer): string {
  return deflateSync(bytes).toString('base64');
}

function unpack(text: string): Buffer {
  return inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX });
}
