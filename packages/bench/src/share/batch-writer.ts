import type { LoadSink } from '../load/sample.ts';
import {
  joinBatch,
  RECORD_BYTES,
  SAMPLES_PER_BATCH_MAX,
  type UnnumberedOperation,
  writeRecord,
} from './sample-batch.ts';

/** Packs everything that a load sees into batches, in order. */
export interface BatchWriter extends LoadSink {
  /** Hands out what has come together, if anything. */
  flush(): void;
  readonly batchCount: number;
  readonly operationCount: number;
}

export interface BatchWriterOptions {
  /** Index of the share. */
  readonly share: number;
  /** Requests' ids are `<prefix>-<n>`. */
  readonly requestPrefix: string;
  readonly onBatch: (bytes: Buffer) => void;
  /** Asked for each batch: what the system's journeys have to tell. */
  readonly news: () => unknown;
}

/** Operations have some 400 characters; a batch of them stays as small as one of requests. */
const OPERATION_CHARS_MAX = 256 * 1_024;

export function createBatchWriter({ share, requestPrefix, onBatch, news }: BatchWriterOptions): BatchWriter {
  const records = Buffer.alloc(SAMPLES_PER_BATCH_MAX * RECORD_BYTES);
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const numberAt = requestPrefix.length + 1;
  const pairs = new Map<string, Map<string, number>>();
  let newPairs: [string, string][] = [];
  let pairCount = 0;
  let samples = 0;
  let operations: string[] = [];
  let operationChars = 0;
  let [batchCount, operationCount] = [0, 0];

  const pairOf = (journey: string, route: string): number => {
    let routes = pairs.get(journey);
    if (routes === undefined) {
      routes = new Map();
      pairs.set(journey, routes);
    }
    let pair = routes.get(route);
    if (pair === undefined) {
      pair = pairCount;
      pairCount += 1;
      routes.set(route, pair);
      newPairs.push([journey, route]);
    }
    return pair;
  };
  const flush = (): void => {
    const told = news();
    if (samples === 0 && operations.length === 0 && told === undefined) return;
    const head = {
      share,
      sequence: batchCount,
      samples,
      pairs: newPairs,
      ...(told === undefined ? {} : { news: told }),
    };
    onBatch(joinBatch(head, operations, records.subarray(0, samples * RECORD_BYTES)));
    batchCount += 1;
    samples = 0;
    newPairs = [];
    operations = [];
    operationChars = 0;
  };
  return {
    sample: ({ journey, route, requestId, ...sample }) => {
      const requestNumber = requestId === undefined ? 0 : Number(requestId.slice(numberAt));
      writeRecord(view, samples, { ...sample, pair: pairOf(journey, route), requestNumber });
      samples += 1;
      if (samples === SAMPLES_PER_BATCH_MAX) flush();
    },
    operation: (operation) => {
      const text = JSON.stringify({ ...operation, index: undefined } satisfies UnnumberedOperation);
      operations.push(text);
      operationCount += 1;
      operationChars += text.length;
      if (operationChars >= OPERATION_CHARS_MAX) flush();
    },
    flush,
    get batchCount() {
      return batchCount;
    },
    get operationCount() {
      return operationCount;
    },
  };
}
