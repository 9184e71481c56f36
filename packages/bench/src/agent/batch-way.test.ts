import { systemClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createBatchCarrier } from './batch-carrier.ts';
import { openBatchPump } from './batch-pump.ts';
import { runKeysOf } from './run-keys.ts';

const keys = runKeysOf('r', 1);

/** A list as Redis keeps it, over a line that loses every third answer after the deed and every fourth before it. */
function flakyPlace() {
  let list: Buffer[] = [];
  let calls = 0;
  const flaky = async <Result>(deed: () => Result): Promise<Result> => {
    calls += 1;
    if (calls % 4 === 0) throw new Error('lost on the way there');
    const result = deed();
    if (calls % 3 === 0) throw new Error('lost on the way back');
    return result;
  };
  return {
    handOver: (_: unknown, batch: Uint8Array) =>
      flaky(() => {
        list.push(Buffer.from(batch));
        return list.length;
      }),
    waitingBatches: () => flaky(() => list.length),
    oldestBatches: (_: unknown, count: number) => flaky(() => list.slice(0, count)),
    dropBatches: (_: unknown, count: number) =>
      flaky(() => {
        list = list.slice(count);
      }),
  };
}

it('loses nothing on a bad line: each batch comes at least once, the first time in order', async () => {
  const place = flakyPlace();
  const over = new AbortController();
  let handedOver = 0;
  const carrier = createBatchCarrier({
    place,
    keys,
    clock: systemClock,
    signal: over.signal,
    onHandedOver: (byteCount) => {
      handedOver += byteCount;
    },
  });
  const came: number[] = [];
  const pump = openBatchPump({
    place,
    keys,
    clock: systemClock,
    onBatch: (batch) => came.push(batch.readUInt8(0)),
  });
  for (let number = 0; number < 20; number += 1) carrier.add(Buffer.from([number]));
  await carrier.idle();
  await pump.drain();
  expect([...new Set(came)]).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(handedOver).toBe(20);
  over.abort();
});

it('drops only what it has taken, whatever comes meanwhile', async () => {
  let list = [0, 1, 2].map((number) => Buffer.from([number]));
  let next = 3;
  const came: number[] = [];
  const pump = openBatchPump({
    place: {
      oldestBatches: async (_, count) => {
        const oldest = list.slice(0, count);
        if (next < 9) list.push(Buffer.from([next]));
        next += 1;
        return oldest;
      },
      dropBatches: async (_, count) => {
        list = list.slice(count);
      },
    },
    keys,
    clock: systemClock,
    onBatch: (batch) => came.push(batch.readUInt8(0)),
  });
  await pump.drain();
  expect(came).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('says what could not be understood, once asked', async () => {
  const place = flakyPlace();
  await place.handOver(keys, Buffer.from([1]));
  const pump = openBatchPump({
    place,
    keys,
    clock: systemClock,
    onBatch: () => {
      throw new Error('no batch');
    },
  });
  await pump.drain();
  expect(() => pump.assertUnderstood()).toThrow('no batch');
});
