import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Journey, Reply, RequestOutcome } from '@stormcart/core';
import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from '../src/load/driver.ts';
import { singleRequest } from '../src/load/single-request.ts';
import { createMeasurement } from '../src/measure/measurement.ts';
import { constant, countsOf, drive, journeyOver, NEVER, planOf } from './fixture/drive.ts';
import { type FixtureServer, startFixtureServer } from './fixture/server.ts';

let server: FixtureServer;
beforeAll(async () => {
  server = await startFixtureServer();
});
afterAll(async () => {
  await server.close();
});

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

it('finds every request of a server that is frozen for two seconds, and how late each one was', async () => {
  // The warm-up opens the connections that the freeze will need: accepting a thousand of them
  // at once when it ends would take this machine's server 100 ms of its own.
  const warmup = [constant(4_000, 300, true), constant(20, 700, true)];
  const plan = planOf([...warmup, constant(500, 10_000)], 'single-request');
  const measurement = createMeasurement({
    totalMs: plan.totalMs,
    warmupUntilMs: plan.warmupUntilMs,
    sliceMs: 200,
    downBelow: 0.95,
    faults: [],
  });
  const zeroMs = systemClock.now() + 100;
  const freezeAt = async (atMs: number, forMs: number) => {
    await systemClock.sleep(zeroMs + atMs - systemClock.now());
    return server.freeze(forMs);
  };
  const before = (await server.seen()).answeredMs.length;
  const running = runLoad({
    plan,
    journeys: [singleRequest(new URL('/ok', server.url))],
    target: server.url,
    seed: 1,
    runId: 'frozen',
    zeroMs,
    signal: NEVER,
    sink: { sample: (one) => measurement.add(one), operation: () => undefined },
  });
  await freezeAt(-50, 350);
  const frozen = await freezeAt(1_500, 2_000);
  const { ledger, selfCheck } = await running;

  // What a perfect client would have measured, from the server's own clock.
  const intendedMs = [...plan.startTimes()];
  const truth = (await server.seen()).answeredMs
    .slice(before)
    .map(([number, answeredMs]) => ({ dueMs: intendedMs[number - 1] ?? 0, answeredMs }))
    .filter(({ dueMs }) => dueMs >= plan.warmupUntilMs)
    .map(({ dueMs, answeredMs }) => answeredMs - zeroMs - dueMs);
  // The server needs a moment for what has piled up, and its process may be late itself.
  const serverLateMs = Math.max(0, quantile(truth, 0.9) - 1_000, frozen.toMs - frozen.fromMs - 2_000);

  expect(truth).toHaveLength(5_000);
  expect(measurement.count('planned', {})).toBe(5_000);
  expect(measurement.count('ok', {})).toBe(5_000);
  expect(ledger).toMatchObject({ planned: plan.count, ok: plan.count });
  // On a machine that other work keeps busy, the driver is late too, and says so: nearly 0 on a quiet one.
  const { slipMsP50 = 0, loopLagMsMax } = selfCheck.figures;
  expect(measurement.latencyMs(0.5, {})).toBeLessThan(5 + slipMsP50);
  for (const [share, nominalMs] of [
    [0.9, 1_000],
    [1, 2_000],
  ] as const) {
    const measuredMs = measurement.latencyMs(share === 1 ? 'max' : share, {}) ?? Number.NaN;
    expect(Math.abs(measuredMs - quantile(truth, share))).toBeLessThanOrEqual(30 + loopLagMsMax);
    expect(measuredMs).toBeGreaterThanOrEqual(nominalMs - 30);
    expect(measuredMs).toBeLessThanOrEqual(nominalMs + 30 + serverLateMs + loopLagMsMax);
  }
  expect(selfCheck.figures.arrivals).toBe(plan.count);
});

describe('a server that misbehaves', () => {
  const cases: readonly (readonly [path: string, outcome: RequestOutcome])[] = [
    ['/ok', 'ok'],
    ['/chunked', 'ok'],
    ['/until-close', 'ok'],
    ['/last', 'ok'],
    ['/early-hints', 'ok'],
    ['/two-answers', 'ok'],
    ['/missing', 'httpError'],
    ['/redirect', 'httpError'],
    ['/broken', 'httpError'],
    ['/down', 'httpError'],
    ['/busy', 'rejected'],
    ['/shed', 'rejected'],
    ['/close', 'reset'],
    ['/reset', 'reset'],
    ['/half-head', 'truncated'],
    ['/half-body', 'truncated'],
    ['/half-chunk', 'truncated'],
    ['/garbage', 'truncated'],
    ['/silence', 'timeout'],
  ];

  it('has each answer, or none, counted for what it is, exactly', async () => {
    const paths = cases.map(([path]) => path);
    // Ten rounds; a second is long for an answer on a busy machine and short for a test.
    const stages = [constant(cases.length * 10, 1_000)];
    const { result, samples } = await drive(server.url, journeyOver(paths), stages, { timeoutMs: 1_000 });
    for (const [path, outcome] of cases) {
      const outcomes = samples.filter(({ route }) => route === path).map((sample) => sample.outcome);
      expect(outcomes, path).toEqual(Array.from({ length: 10 }, () => outcome));
    }
    expect(countsOf(result)).toEqual({
      planned: 190,
      ok: 60,
      httpError: 40,
      rejected: 20,
      reset: 20,
      truncated: 40,
      timeout: 10,
    });
    for (const { outcome, intendedMs, endedMs } of samples) {
      if (outcome === 'timeout') expect(endedMs - intendedMs).toBeGreaterThanOrEqual(990);
    }
  });

  it('is a connection error when it does not listen', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    free.close();
    await once(free, 'close');
    const { result } = await drive(server.url, journeyOver(['/ok']), [constant(100, 200)], {
      target: new URL(`http://127.0.0.1:${port}`),
    });
    expect(countsOf(result)).toEqual({ planned: 20, connectError: 20 });
  });

  it('does not pass a late answer on to the next request', async () => {
    const replies: Reply[] = [];
    const journey: Journey = {
      ...journeyOver([]),
      run: async (visit) => {
        const path = visit.arrival % 2 === 0 ? '/late' : '/ok';
        const timeoutMs = path === '/late' ? 100 : 3_000;
        const spec = { route: path, method: 'GET', path, timeoutMs, expect: () => true } as const;
        replies.push(await visit.request(spec));
      },
    };
    const { result } = await drive(server.url, journey, [constant(20, 1_000)]);
    expect(countsOf(result)).toEqual({ planned: 20, ok: 10, timeout: 10 });
    const bodies = replies.filter(({ outcome }) => outcome === 'ok').map(({ body }) => body);
    expect(bodies).toEqual(Array.from({ length: 10 }, () => ({ fine: true })));
  });

  it('costs nothing when it closes connections that are idle', async () => {
    const { result } = await drive(server.url, journeyOver(['/ok-then-close']), [constant(5, 1_000)]);
    expect(countsOf(result)).toEqual({ planned: 5, ok: 5 });
  });

  it('may send a body that is too large or not what it says: the journey then sees none', async () => {
    const bodies: unknown[] = [];
    const expectation = (status: number, body: unknown): boolean => {
      bodies.push(body);
      return status === 200;
    };
    const { result } = await drive(server.url, journeyOver(['/huge', '/liar'], { expect: expectation }), [
      constant(20, 200),
    ]);
    expect(countsOf(result)).toEqual({ planned: 4, ok: 4 });
    expect(bodies).toEqual([undefined, undefined, undefined, undefined]);
  });
});
