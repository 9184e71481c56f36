import type { Operation } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger, REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { type BatchIntake, createBatchIntake, requestPrefixOf } from './batch-intake.ts';
import { createBatchWriter } from './batch-writer.ts';
import type { DrillShareResult } from './share-result.ts';

const RUN = 'run-7';
const LATEST_MS = 100_000;

const time = fc.double({ min: 0, max: LATEST_MS, noNaN: true });
/** What a driver sees, request after request; some are operations, and now and then batches leave. */
const anySeen = fc.array(
  fc.record({
    journey: fc.constantFrom('browse', 'checkout'),
    route: fc.constantFrom('home', 'product', 'order'),
    outcome: fc.constantFrom(...REQUEST_OUTCOMES),
    intendedMs: time,
    sentMs: fc.option(time, { nil: undefined }),
    endedMs: time,
    status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
    hasId: fc.boolean(),
    input: fc.option(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), { nil: undefined }),
    isFlushed: fc.boolean(),
  }),
  { maxLength: 60 },
);
type Seen = typeof anySeen extends fc.Arbitrary<infer Value> ? Value : never;

interface Written {
  readonly samples: readonly Sample[];
  readonly operations: readonly Operation[];
  readonly batches: readonly Buffer[];
  readonly result: DrillShareResult;
}

/** What one share makes of it. */
function write(share: number, of: number, seen: Seen): Written {
  const batches: Buffer[] = [];
  const [samples, operations]: [Sample[], Operation[]] = [[], []];
  const ledger = createLedger();
  const writer = createBatchWriter({
    share,
    requestPrefix: requestPrefixOf(RUN, share),
    onBatch: (batch) => batches.push(batch),
    news: () => undefined,
  });
  for (const [place, { hasId, input, isFlushed, ...rest }] of seen.entries()) {
    const sample = {
      ...rest,
      ...(hasId ? { requestId: `${requestPrefixOf(RUN, share)}-${place + 1}` } : {}),
    };
    ledger.plan();
    ledger.end(sample.outcome);
    samples.push(sample);
    writer.sample(sample);
    if (input !== undefined) {
      const operation: Operation = {
        index: place + 1,
        action: 'order.create',
        key: `k-${place}`,
        journey: sample.journey,
        customer: `visit-${place}`,
        sentMs: sample.intendedMs,
        endedMs: sample.endedMs,
        outcome: 'ok',
        input,
      };
      operations.push(operation);
      writer.operation(operation);
    }
    if (isFlushed) writer.flush();
  }
  writer.flush();
  const { batchCount, operationCount } = writer;
  const result: DrillShareResult = {
    kind: 'samples',
    share: { index: share, of },
    ledger: ledger.totals(),
    batchCount,
    operationCount,
    generator: undefined as never,
    endedMs: 0,
    wasAborted: false,
  };
  return { samples, operations, batches, result };
}

function open(shareCount: number) {
  const [samples, operations]: [Sample[], Operation[]] = [[], []];
  let index = 0;
  const intake: BatchIntake = createBatchIntake({
    shareCount,
    runId: RUN,
    latestMs: LATEST_MS,
    sink: { sample: (sample) => samples.push(sample), operation: (operation) => operations.push(operation) },
    nextOperationIndex: () => {
      index += 1;
      return index;
    },
    hearOfShare: () => undefined,
  });
  return { intake, samples, operations };
}

const withoutIndex = (operation: Operation): unknown => ({ ...operation, index: undefined });
/** Those of one share, however they lie among the others'. */
const ofShare = (samples: readonly Sample[], share: number): readonly Sample[] =>
  samples.filter(({ requestId }) => requestId?.startsWith(`${requestPrefixOf(RUN, share)}-`));

describe('what several shares see', () => {
  it('comes as it was seen, share by share, with operations numbered once over all', () => {
    fc.assert(
      fc.property(
        fc.array(anySeen, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (all, dice) => {
          const shares = all.map((seen, share) => write(share, all.length, seen));
          const { intake, samples, operations } = open(shares.length);
          const waiting = shares.map(({ batches }) => [...batches]);
          while (waiting.some((batches) => batches.length > 0)) {
            const busy = waiting.filter((batches) => batches.length > 0);
            const next = busy[(dice.next().value ?? 0) % busy.length]?.shift();
            if (next !== undefined) expect(intake.take(next)).toBeUndefined();
          }
          for (const [share, written] of shares.entries()) {
            expect(ofShare(samples, share)).toEqual(ofShare(written.samples, share));
            expect(intake.differenceFrom(written.result)).toBeUndefined();
          }
          expect(samples.length).toBe(shares.reduce((sum, written) => sum + written.samples.length, 0));
          expect(operations.map(({ index }) => index)).toEqual(operations.map((_, place) => place + 1));
          const sorted = (some: readonly Operation[]): readonly string[] =>
            some.map((one) => JSON.stringify(withoutIndex(one))).toSorted();
          expect(sorted(operations)).toEqual(sorted(shares.flatMap((written) => written.operations)));
          expect(intake.totals().planned).toBe(samples.length);
        },
      ),
    );
  });

  it('counts nothing twice that is handed over twice', () => {
    fc.assert(
      fc.property(anySeen, (seen) => {
        const { batches, samples: written, result } = write(0, 1, seen);
        const { intake, samples } = open(1);
        for (const [place, batch] of batches.entries()) {
          for (const again of [batch, batches[place - 1] ?? batch]) intake.take(again);
        }
        expect(samples.length).toBe(written.length);
        expect(intake.differenceFrom(result)).toBeUndefined();
      }),
    );
  });

  it('is spoiled by any batch that is lost or overtaken, and takes nothing after it', () => {
    fc.assert(
      fc.property(anySeen, fc.nat(), (seen, draw) => {
        const { batches, result } = write(1, 2, seen);
        fc.pre(batches.length >= 2);
        const lost = draw % batches.length;
        const { intake, samples } = open(2);
        const troubles = batches
          .filter((_, place) => place !== lost)
          .flatMap((batch) => intake.take(batch) ?? []);
        // The last one is missed only when the share has ended.
        if (lost < batches.length - 1) {
          expect(troubles).toEqual([{ share: 1, reason: `of its requests batch ${lost + 1} never came` }]);
        }
        expect(intake.differenceFrom(result)).toMatch(/came$/);
        const before = samples.length;
        const overtaken = batches[lost];
        if (overtaken !== undefined && lost < batches.length - 1) intake.take(overtaken);
        expect(samples.length).toBe(before);
      }),
    );
  });

  it('leaves in batches of a bounded size, however much comes at once', () => {
    const batches: Buffer[] = [];
    const writer = createBatchWriter({
      share: 0,
      requestPrefix: 'r-0',
      onBatch: (batch) => batches.push(batch),
      news: () => undefined,
    });
    const sample: Sample = {
      journey: 'j',
      route: 'r',
      outcome: 'ok',
      intendedMs: 1,
      sentMs: 1,
      endedMs: 2,
      status: 200,
    };
    for (let count = 0; count < 10_000; count += 1) writer.sample(sample);
    expect(batches.length).toBe(5);
    const big = { ...operationOf(), input: { text: 'x'.repeat(10_000) } };
    for (let count = 0; count < 100; count += 1) writer.operation(big);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThan(320 * 1_024);
  });
});

describe('a batch that no share writes', () => {
  it.each<[string, (batch: Buffer) => Buffer]>([
    ['cut off', (batch) => batch.subarray(0, batch.length - 1)],
    ['without a head', () => Buffer.from([1, 0])],
    [
      'with a head that ends nowhere',
      (batch) => Buffer.concat([Buffer.from([255, 255, 255, 127]), batch.subarray(4)]),
    ],
    [
      'with an outcome that does not exist',
      (batch) => changed(batch, (bytes, at) => bytes.writeUInt8(200, at + 2)),
    ],
    [
      'with a time that is none',
      (batch) => changed(batch, (bytes, at) => bytes.writeDoubleLE(Infinity, at + 25)),
    ],
    [
      'with a time after the end',
      (batch) => changed(batch, (bytes, at) => bytes.writeDoubleLE(1e12, at + 25)),
    ],
    ['with names that nobody named', (batch) => changed(batch, (bytes, at) => bytes.writeUInt16LE(9, at))],
    ['of a share that does not exist', () => write(3, 4, [])?.batches[0] ?? batchOf(3)],
  ])('is refused: %s', (_, spoil) => {
    const { intake } = open(1);
    expect(() => intake.take(spoil(batchOf(0)))).toThrow('cannot be understood');
  });
});

/** With one request. */
function batchOf(share: number): Buffer {
  const seen = {
    journey: 'browse',
    route: 'home',
    outcome: 'ok',
    intendedMs: 1,
    sentMs: 1,
    endedMs: 2,
    status: 200,
    hasId: true,
    input: undefined,
    isFlushed: false,
  } as const;
  const [batch] = write(share, share + 1, [seen]).batches;
  if (batch === undefined) throw new Error('it has one');
  return batch;
}

function changed(batch: Buffer, change: (bytes: Buffer, recordAt: number) => void): Buffer {
  const bytes = Buffer.from(batch);
  change(bytes, 4 + bytes.readUInt32LE(0));
  return bytes;
}

function operationOf(): Operation {
  return {
    index: 1,
    action: 'order.create',
    key: 'k',
    journey: 'j',
    customer: 'c',
    sentMs: 1,
    endedMs: 2,
    outcome: 'ok',
    input: {},
  };
}
