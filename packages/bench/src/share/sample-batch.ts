import { messageOf, type Operation } from '@stormcart/core';
import { z } from 'zod';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { parseWire } from './parse-wire.ts';
import { shareError } from './share-error.ts';

/**
 * Some of what a share has seen, on its way to whoever measures: the length of the head (4 bytes), the head as JSON, and
 * a record of 33 bytes for each request (little-endian). JSON for all would be five times as long, and its numbers the
 * most work of a busy driver.
 */
export const RECORD_BYTES = 33;

/** A fifth of a second of the busiest driver; 64 KiB of records. */
export const SAMPLES_PER_BATCH_MAX = 2_000;

/** What belongs to the records of a batch. */
const headSchema = z.strictObject({
  /** Index of the share. */
  share: z.int().nonnegative(),
  /** Counts the share's batches from 0: none may be missing, and none counts twice. */
  sequence: z.int().nonnegative(),
  samples: z.int().nonnegative().max(SAMPLES_PER_BATCH_MAX),
  /** Pairs of journey and route that no earlier batch has named; records name them by their place in the order of naming. */
  pairs: z.array(z.tuple([z.string(), z.string()])),
  /** `UnnumberedOperation`s. */
  operations: z.array(z.unknown()),
  /** Of the system's journeys, for the process that booted it. */
  news: z.unknown().optional(),
});

export type BatchHead = z.infer<typeof headSchema>;

/** Whoever collects numbers the operations of all shares. */
export type UnnumberedOperation = Omit<Operation, 'index'> & { readonly index: undefined };

/** A sample whose names are numbers. */
export interface SampleRecord extends Omit<Sample, 'journey' | 'route' | 'requestId'> {
  readonly pair: number;
  /** `<prefix>-<n>` was the request's id; 0 where it never had one. */
  readonly requestNumber: number;
}

export function writeRecord(view: DataView, place: number, record: SampleRecord): void {
  const at = place * RECORD_BYTES;
  view.setUint16(at, record.pair, true);
  view.setUint8(at + 2, REQUEST_OUTCOMES.indexOf(record.outcome));
  view.setUint16(at + 3, record.status ?? 0, true);
  view.setUint32(at + 5, record.requestNumber, true);
  view.setFloat64(at + 9, record.intendedMs, true);
  view.setFloat64(at + 17, record.sentMs ?? Number.NaN, true);
  view.setFloat64(at + 25, record.endedMs, true);
}

/** Throws BAD_SHARE for what no driver writes. */
function readRecord(view: DataView, place: number): SampleRecord {
  const at = place * RECORD_BYTES;
  const outcome = REQUEST_OUTCOMES[view.getUint8(at + 2)];
  const [intendedMs, sentMs, endedMs] = [9, 17, 25].map((offset) => view.getFloat64(at + offset, true));
  if (outcome === undefined || !Number.isFinite(intendedMs) || !Number.isFinite(endedMs)) {
    throw badBatch(`request ${place} of it has no outcome or no time`);
  }
  const status = view.getUint16(at + 3, true);
  return {
    pair: view.getUint16(at, true),
    outcome,
    status: status === 0 ? undefined : status,
    requestNumber: view.getUint32(at + 5, true),
    intendedMs: intendedMs as number,
    sentMs: Number.isNaN(sentMs) ? undefined : sentMs,
    endedMs: endedMs as number,
  };
}

/** `operations`: JSON texts. */
export function joinBatch(
  head: Omit<BatchHead, 'operations'>,
  operations: readonly string[],
  records: Uint8Array,
): Buffer {
  // The operations are JSON already: to make the same text again would be most of the work.
  const json = Buffer.from(`${JSON.stringify(head).slice(0, -1)},"operations":[${operations.join(',')}]}`);
  const bytes = Buffer.allocUnsafe(4 + json.length + records.length);
  bytes.writeUInt32LE(json.length, 0);
  json.copy(bytes, 4);
  bytes.set(records, 4 + json.length);
  return bytes;
}

/** Throws BAD_SHARE. */
export function splitBatch(bytes: Buffer): {
  readonly head: BatchHead;
  readonly records: readonly SampleRecord[];
} {
  if (bytes.length < 4) throw badBatch('it has no head');
  const recordsAt = 4 + bytes.readUInt32LE(0);
  if (recordsAt > bytes.length) throw badBatch('its head is cut off');
  const head = parseWire(headSchema, 'a batch of requests', parseJson(bytes.toString('utf8', 4, recordsAt)));
  const recordBytes = bytes.subarray(recordsAt);
  if (recordBytes.length !== head.samples * RECORD_BYTES) {
    throw badBatch(`${head.samples} requests do not fit into ${recordBytes.length} bytes`);
  }
  const view = new DataView(recordBytes.buffer, recordBytes.byteOffset, recordBytes.length);
  return { head, records: Array.from({ length: head.samples }, (_, place) => readRecord(view, place)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badBatch(messageOf(error));
  }
}

function badBatch(why: string): Error {
  const message = `a batch of requests cannot be understood: ${why}`;
  return shareError({ kind: 'internal', code: 'BAD_SHARE', message });
}
