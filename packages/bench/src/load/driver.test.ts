import { Duplex } from 'node:stream';
import { type Journey, ManualClock, type RequestOutcome } from '@stormcart/core';
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { expect, it } from 'vitest';
import { createMeasurement } from '../measure/measurement.ts';
import { runLoad } from './driver.ts';
import type { Connect } from './http/target.ts';
import { REQUEST_OUTCOMES } from './ledger.ts';
import type { Sample } from './sample.ts';

const TIMEOUT_MS = 100;
const TOTAL_MS = 1_000;

/** How the server treats one request: what it does, and how long after it came. */
interface Treatment {
  readonly deed: 'fine' | 'broken' | 'busy' | 'close' | 'half' | 'garbage';
  readonly afterMs: number;
}

const DEEDS: Readonly<
  Record<Treatment['deed'], readonly [outcome: RequestOutcome, bytes: string | undefined]>
> = {
  fine: ['ok', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  broken: ['httpError', 'HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n'],
  busy: ['rejected', 'HTTP/1.1 429 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'],
  close: ['reset', undefined],
  half: ['truncated', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
  garbage: ['truncated', 'SMTP is\r\n\r\nnot HTTP'],
};

/** A server in memory; request n is treated as the n-th treatment says. */
function serverOf(treatments: readonly Treatment[], clock: ManualClock, refuses: readonly boolean[]) {
  let connections = 0;
  let refusedCount = 0;
  const connect: Connect = ({ onReady, onData }) => {
    const isRefused = refuses[connections % refuses.length] === true;
    connections += 1;
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        const number = Number(/^GET \/(\d+) /.exec(chunk.toString('latin1'))?.[1]);
        const treatment = treatments[number];
        if (treatment !== undefined) clock.after(treatment.afterMs, () => act(socket, treatment));
        done();
      },
    });
    queueMicrotask(() => {
      if (!isRefused) onReady();
      else {
        refusedCount += 1;
        socket.destroy(new Error('refused'));
      }
    });
    return socket.on('data', onData);
  };
  return { connect, refusedCount: () => refusedCount };
}

function act(socket: Duplex, { deed }: Treatment): void {
  if (socket.destroyed) return;
  const [, bytes] = DEEDS[deed];
  if (bytes !== undefined) socket.push(bytes);
  if (deed === 'close' || deed === 'half' || deed === 'busy') socket.push(null);
}

const oneEach: Journey = {
  name: 'one',
  about: 'one request',
  routes: ['number'],
  run: async (visit) => {
    await visit.request({
      route: 'number',
      method: 'GET',
      path: `/${visit.arrival}`,
      expect: (status) => status === 200,
    });
  },
};

function described(intendedMs: number, outcome: string, latencyMs: number): string {
  return `${intendedMs} ${outcome} ${latencyMs}`;
}

interface Case {
  readonly treatments: readonly (Treatment & { readonly atMs: number })[];
  readonly refuses: readonly boolean[];
  readonly maxInFlight: number;
}

async function perform({ treatments, refuses, maxInFlight }: Case) {
  const clock = new ManualClock(5_000);
  const planned = treatments.toSorted((left, right) => left.atMs - right.atMs);
  const server = serverOf(planned, clock, refuses);
  const samples: Sample[] = [];
  const measurement = createMeasurement({
    totalMs: TOTAL_MS,
    warmupUntilMs: 0,
    sliceMs: 100,
    downBelow: 0.8,
    faults: [],
  });
  const running = runLoad({
    plan: {
      totalMs: TOTAL_MS,
      startTimes: () => planned.map(({ atMs }) => atMs).values(),
      journeyOf: () => 'one',
    },
    journeys: [oneEach],
    target: new URL('http://memory/'),
    connect: server.connect,
    seed: 1,
    runId: 'test',
    clock,
    zeroMs: 5_000,
    timeoutMs: TIMEOUT_MS,
    maxInFlight,
    signal: new AbortController().signal,
    sink: {
      sample: (sample) => {
        samples.push(sample);
        measurement.add(sample);
      },
      operation: () => undefined,
    },
  });
  await clock.advance(TOTAL_MS + TIMEOUT_MS + 1);
  const result = await running;
  return { result, samples, planned, measurement, clock, refusedCount: server.refusedCount() };
}

const anyCase = record({
  treatments: array(
    record({
      atMs: integer({ min: 0, max: TOTAL_MS - 1 }),
      deed: constantFrom<Treatment['deed'][]>(
        'fine',
        'fine',
        'fine',
        'broken',
        'busy',
        'close',
        'half',
        'garbage',
      ),
      afterMs: constantFrom(0, 7, 60, 99, 101, 400),
    }),
    { maxLength: 40 },
  ),
  refuses: array(boolean(), { minLength: 1, maxLength: 5 }),
  maxInFlight: integer({ min: 1, max: 10 }),
});

it('books every planned request exactly once, whatever the server does', async () => {
  await assert(
    asyncProperty(anyCase, async (any) => {
      const { result, samples, planned, clock, refusedCount } = await perform(any);
      const { ledger } = result;
      expect(ledger.planned).toBe(planned.length);
      expect(REQUEST_OUTCOMES.reduce((sum, outcome) => sum + ledger[outcome], 0)).toBe(planned.length);
      expect(samples).toHaveLength(planned.length);
      expect(ledger.connectError).toBe(refusedCount);
      expect(ledger.unfinished).toBe(0);
      expect(samples.map(({ intendedMs }) => intendedMs).toSorted((left, right) => left - right)).toEqual(
        planned.map(({ atMs }) => atMs),
      );
      // Nothing is left behind: no deadline, no pause.
      await clock.advance(1_000);
      expect(clock.waiting).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it('counts each answer for what it is and from its intended start, to the millisecond', async () => {
  await assert(
    asyncProperty(anyCase, async (any) => {
      const { samples, planned } = await perform({ ...any, refuses: [false], maxInFlight: 1_000 });
      const expected = planned.map(({ atMs, deed, afterMs }) =>
        afterMs < TIMEOUT_MS
          ? described(atMs, DEEDS[deed][0], afterMs)
          : described(atMs, 'timeout', TIMEOUT_MS),
      );
      const found = samples.map(({ intendedMs, outcome, endedMs }) =>
        described(intendedMs, outcome, endedMs - intendedMs),
      );
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 60 },
  );
});

it('leads to the availability that the samples spell out', async () => {
  await assert(
    asyncProperty(anyCase, async (any) => {
      const { samples, measurement } = await perform(any);
      measurement.endAt(TOTAL_MS);
      let downSlices = 0;
      let isDown = false;
      for (let startMs = 0; startMs < TOTAL_MS; startMs += 100) {
        const own = samples.filter(({ intendedMs }) => intendedMs >= startMs && intendedMs < startMs + 100);
        if (own.length > 0) isDown = own.filter(({ outcome }) => outcome === 'ok').length / own.length < 0.8;
        if (isDown) downSlices += 1;
      }
      expect(measurement.availability()).toBeCloseTo(1 - downSlices / 10, 12);
    }),
    { numRuns: 40 },
  );
});
