import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Journey, Operation, Reply, RequestOutcome, RequestSpec } from '@stormcart/core';
import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClosedLoop } from '../src/load/closed-loop.ts';
import { type LoadOptions, type LoadResult, runLoad } from '../src/load/driver.ts';
import type { Sample } from '../src/load/sample.ts';
import { singleRequest } from '../src/load/single-request.ts';
import { createMeasurement } from '../src/measure/measurement.ts';
import { createPlan } from '../src/plan/plan.ts';
import type { Stage } from '../src/plan/stage.ts';
import { type FixtureServer, startFixtureServer } from './fixture/server.ts';

let server: FixtureServer;
beforeAll(async () => {
  server = await startFixtureServer();
});
afterAll(async () => {
  await server.close();
});

const NEVER = new AbortController().signal;

function constant(perSecond: number, forMs: number, isWarmup = false): Stage {
  return { kind: 'constant', forMs, perSecond, isWarmup };
}

function planOf(stages: readonly Stage[], journey: string) {
  return createPlan(stages, { seed: 1, arrivals: 'constant', mix: { [journey]: 1 } });
}

/** Each visit sends one request, to the paths in turn. */
function journeyOver(paths: readonly string[], more: Partial<RequestSpec> = {}): Journey {
  return {
    name: 'probe',
    about: 'one request to each path in turn',
    routes: ['probe'],
    run: async (visit) => {
      const path = paths[visit.arrival % paths.length] ?? '/ok';
      await visit.request({ route: path, method: 'GET', path, expect: (status) => status === 200, ...more });
    },
  };
}

interface Seen {
  readonly result: LoadResult;
  readonly samples: readonly Sample[];
  readonly operations: readonly Operation[];
}

async function load(
  journey: Journey,
  stages: readonly Stage[],
  more: Partial<LoadOptions> = {},
): Promise<Seen> {
  const samples: Sample[] = [];
  const operations: Operation[] = [];
  const result = await runLoad({
    plan: planOf(stages, journey.name),
    journeys: [journey],
    target: server.url,
    seed: 1,
    runId: 'test',
    signal: NEVER,
    sink: { sample: (one) => samples.push(one), operation: (one) => operations.push(one) },
    ...more,
  });
  return { result, samples, operations };
}

/** The ledger's counts that are not 0. */
function countsOf({ ledger }: LoadResult): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(ledger).filter(([, count]) => count > 0));
}

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
    const { result, samples } = await load(journeyOver(paths), stages, { timeoutMs: 1_000 });
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
    const { result } = await load(journeyOver(['/ok']), [constant(100, 200)], {
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
    const { result } = await load(journey, [constant(20, 1_000)]);
    expect(countsOf(result)).toEqual({ planned: 20, ok: 10, timeout: 10 });
    const bodies = replies.filter(({ outcome }) => outcome === 'ok').map(({ body }) => body);
    expect(bodies).toEqual(Array.from({ length: 10 }, () => ({ fine: true })));
  });

  it('costs nothing when it closes connections that are idle', async () => {
    const { result } = await load(journeyOver(['/ok-then-close']), [constant(5, 1_000)]);
    expect(countsOf(result)).toEqual({ planned: 5, ok: 5 });
  });

  it('may send a body that is too large or not what it says: the journey then sees none', async () => {
    const bodies: unknown[] = [];
    const expectation = (status: number, body: unknown): boolean => {
      bodies.push(body);
      return status === 200;
    };
    const { result } = await load(journeyOver(['/huge', '/liar'], { expect: expectation }), [
      constant(20, 200),
    ]);
    expect(countsOf(result)).toEqual({ planned: 4, ok: 4 });
    expect(bodies).toEqual([undefined, undefined, undefined, undefined]);
  });
});

it('drops what exceeds the bound, and counts it', async () => {
  const { result, samples } = await load(journeyOver(['/silence']), [constant(200, 100)], {
    maxInFlight: 5,
    timeoutMs: 1_000,
  });
  expect(countsOf(result)).toEqual({ planned: 20, timeout: 5, dropped: 15 });
  const dropped = samples.filter(({ outcome }) => outcome === 'dropped');
  expect(dropped.every(({ sentMs, route }) => sentMs === undefined && route === 'probe')).toBe(true);
});

it('takes a refusal for right where the journey expects it', async () => {
  const { result } = await load(journeyOver(['/busy'], { expect: (status) => status === 429 }), [
    constant(50, 100),
  ]);
  expect(countsOf(result)).toEqual({ planned: 5, ok: 5 });
});

it('ends early when told to: what is under way is unfinished, what was not due is not planned', async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 300);
  const { result, operations } = await load(
    journeyOver(['/silence'], { operation: { action: 'probe', key: 'k', input: {} } }),
    [constant(100, 5_000)],
    { signal: ending.signal },
  );
  const { planned, unfinished } = result.ledger;
  expect(result.wasAborted).toBe(true);
  expect(unfinished).toBe(planned);
  expect(planned).toBeLessThan(100);
  expect(operations).toHaveLength(planned);
  // On a busy machine the last ones were still waiting for their connection: those certainly did nothing.
  expect(operations[0]).toMatchObject({ index: 1, outcome: 'info' });
  expect(operations.filter(({ outcome }) => outcome === 'ok')).toEqual([]);
});

it('lets visits go on only as long as the grace after the last arrival', async () => {
  const journey: Journey = {
    ...journeyOver([]),
    run: async (visit) => {
      await visit.request({ route: 'first', method: 'GET', path: '/ok', expect: () => true });
      await visit.pause(60_000);
      await visit.request({ route: 'never', method: 'GET', path: '/ok', expect: () => true });
    },
  };
  const { result } = await load(journey, [constant(50, 100)], { graceMs: 200 });
  expect(countsOf(result)).toEqual({ planned: 5, ok: 5 });
  expect(result.wasAborted).toBe(false);
});

it('records what became of each operation, in order of completion, counted in order of sending', async () => {
  const journey: Journey = {
    ...journeyOver([]),
    run: async (visit) => {
      const send = (path: string) =>
        visit.request({
          route: path,
          method: 'GET',
          path,
          timeoutMs: 200,
          expect: (status) => status === 200,
          operation: {
            action: 'probe',
            key: path,
            input: { path },
            output: (status, body) => ({ status, body }),
          },
        });
      await Promise.all(['/silence', '/ok', '/missing', '/down', '/close', '/half-body'].map(send));
    },
  };
  const { operations } = await load(journey, [constant(1, 1_000)]);
  const byKey = Object.fromEntries(operations.map(({ key, outcome }) => [key, outcome]));
  expect(byKey).toEqual({
    '/silence': 'info',
    '/ok': 'ok',
    '/missing': 'fail',
    '/down': 'info',
    '/close': 'info',
    '/half-body': 'info',
  });
  expect(operations.at(-1)?.key).toBe('/silence');
  expect(operations.find(({ key }) => key === '/silence')).toMatchObject({ index: 1, customer: 'visit-0' });
  expect(operations.find(({ key }) => key === '/ok')).toMatchObject({
    index: 2,
    status: 200,
    output: { status: 200, body: { fine: true } },
  });
  expect(operations.find(({ key }) => key === '/close')).not.toHaveProperty('status');
});

it('fails with the name of a journey that throws', async () => {
  const journey: Journey = { ...journeyOver([]), run: () => Promise.reject(new TypeError('no such basket')) };
  await expect(load(journey, [constant(100, 5_000)])).rejects.toMatchObject({
    code: 'JOURNEY_FAILED',
    message: 'journey probe threw in visit 0: no such basket',
  });
});

it('fails when an expectation throws, too', async () => {
  const journey = journeyOver(['/ok'], {
    expect: () => {
      throw new TypeError('no such field');
    },
  });
  await expect(load(journey, [constant(100, 5_000)])).rejects.toMatchObject({ code: 'JOURNEY_FAILED' });
});

it('saturates through autocannon, and says that this is a closed loop', async () => {
  const result = await runClosedLoop({
    url: new URL('/ok', server.url),
    connections: 4,
    forMs: 1_000,
    timeoutMs: 5_000,
    signal: NEVER,
  });
  expect(result).toMatchObject({ kind: 'closedLoop', connections: 4, errors: 0 });
  expect(result.statuses['2xx']).toBe(result.answered);
  expect(result.answered).toBeGreaterThan(100);
});
