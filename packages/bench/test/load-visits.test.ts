import type { Journey } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClosedLoop } from '../src/load/closed-loop.ts';
import { constant, countsOf, drive, journeyOver, NEVER } from './fixture/drive.ts';
import { type FixtureServer, startFixtureServer } from './fixture/server.ts';

/** What becomes of visits and their operations, beyond the single request. */
let server: FixtureServer;
beforeAll(async () => {
  server = await startFixtureServer();
});
afterAll(async () => {
  await server.close();
});

it('drops what exceeds the bound, and counts it', async () => {
  const { result, samples } = await drive(server.url, journeyOver(['/silence']), [constant(200, 100)], {
    maxInFlight: 5,
    timeoutMs: 1_000,
  });
  expect(countsOf(result)).toEqual({ planned: 20, timeout: 5, dropped: 15 });
  const dropped = samples.filter(({ outcome }) => outcome === 'dropped');
  expect(dropped.every(({ sentMs, route }) => sentMs === undefined && route === 'probe')).toBe(true);
});

it('takes a refusal for right where the journey expects it', async () => {
  const { result } = await drive(server.url, journeyOver(['/busy'], { expect: (status) => status === 429 }), [
    constant(50, 100),
  ]);
  expect(countsOf(result)).toEqual({ planned: 5, ok: 5 });
});

it('ends early when told to: what is under way is unfinished, what was not due is not planned', async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 300);
  const { result, operations } = await drive(
    server.url,
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
  const { result } = await drive(server.url, journey, [constant(50, 100)], { graceMs: 200 });
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
  const { operations } = await drive(server.url, journey, [constant(1, 1_000)]);
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
  await expect(drive(server.url, journey, [constant(100, 5_000)])).rejects.toMatchObject({
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
  await expect(drive(server.url, journey, [constant(100, 5_000)])).rejects.toMatchObject({
    code: 'JOURNEY_FAILED',
  });
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
