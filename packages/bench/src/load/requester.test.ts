import { HeaderList, ManualClock, type Operation, type RequestSpec } from '@stormcart/core';
import { expect, it } from 'vitest';
import type { OutgoingRequest } from './http/exchange.ts';
import { createLedger } from './ledger.ts';
import { Requester } from './requester.ts';
import type { Sample } from './sample.ts';

const NOW_MS = 500;
const TIMEOUT_MS = 100;

const spec: RequestSpec = {
  route: 'product',
  method: 'GET',
  path: '/',
  expect: (status) => status === 200,
  operation: { action: 'read', key: 'k', input: {} },
};

/** A requester at 500 ms whose requests are answered by hand. */
async function setUp() {
  const clock = new ManualClock();
  await clock.advance(NOW_MS);
  const sent: OutgoingRequest[] = [];
  const samples: Sample[] = [];
  const operations: Operation[] = [];
  const requester = new Requester({
    runId: 'run',
    authority: 'shop',
    pool: {
      send: (request) => {
        sent.push(request);
        request.wasWritten = true;
        return { cancel: () => undefined };
      },
      openCount: () => 0,
      close: () => undefined,
    },
    clock,
    zeroMs: 0,
    timeoutMs: TIMEOUT_MS,
    maxInFlight: 10,
    ledger: createLedger(),
    sink: { sample: (sample) => samples.push(sample), operation: (operation) => operations.push(operation) },
    onFirstSent: () => undefined,
  });
  const request = (intendedMs: number, more: Partial<RequestSpec> = {}) =>
    requester.request({
      visitor: { journey: 'browse', customer: 'visit-1' },
      intendedMs,
      isFirst: true,
      spec: { ...spec, ...more },
    });
  return { clock, requester, request, sent, samples, operations };
}

it('counts the timeout from the intended start, not from when it was sent', async () => {
  const { clock, request, samples } = await setUp();
  const reply = request(NOW_MS - 60);
  await clock.advance(39);
  expect(samples).toEqual([]);
  await clock.advance(1);
  expect((await reply).outcome).toBe('timeout');
  expect(samples[0]).toMatchObject({ intendedMs: 440, sentMs: 500, endedMs: 540, outcome: 'timeout' });
});

it("goes by the request's own timeout where it has one", async () => {
  const { clock, request, samples } = await setUp();
  const reply = request(NOW_MS, { timeoutMs: 250 });
  await clock.advance(300);
  await reply;
  expect(samples[0]).toMatchObject({ endedMs: 750, outcome: 'timeout' });
});

it('does not send what is overdue beyond its timeout, and knows that it had no effect', async () => {
  const { request, sent, samples, operations } = await setUp();
  expect((await request(NOW_MS - TIMEOUT_MS)).outcome).toBe('timeout');
  expect(sent).toEqual([]);
  expect(samples[0]).toMatchObject({ sentMs: undefined, outcome: 'timeout' });
  expect(operations[0]).toMatchObject({ outcome: 'fail' });
});

it('ignores an answer that comes after the timeout', async () => {
  const { clock, request, sent, samples } = await setUp();
  const reply = request(NOW_MS);
  await clock.advance(TIMEOUT_MS);
  await reply;
  sent[0]?.onEnd({ kind: 'answer', status: 200, headers: new HeaderList([]), body: undefined });
  expect(samples).toHaveLength(1);
});

it('rejects what is asked for once it is over, without planning it', async () => {
  const { request, requester, samples } = await setUp();
  const pending = request(NOW_MS);
  requester.stop(new Error('the load is over'));
  await expect(pending).rejects.toThrow('the load is over');
  await expect(request(NOW_MS)).rejects.toThrow('the load is over');
  expect(samples.map(({ outcome }) => outcome)).toEqual(['unfinished']);
});
