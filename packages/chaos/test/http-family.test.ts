import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  type Address,
  acceptsConnections,
  createSupervisor,
  pidsOfRun,
  type Supervisor,
  systemClock,
} from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFault,
  createFaultSession,
  type FaultProxy,
  type FaultSpec,
  type FaultTargets,
  startFaultProxy,
  type UndoStep,
} from '../src/index.ts';
import { undoAll } from '../src/undo/undo-all.ts';
import { ask, failureOf } from './http-rig.ts';
import { listen } from './socket-rig.ts';

const LINKS = ['balancer->orders/1', 'balancer->orders/2'] as const;

let folder: string;
let supervisor: Supervisor;
let faultProxy: FaultProxy;
let server: Server;
let upstream: Address;
let targets: FaultTargets;
const seen: string[] = [];
const addresses = new Map<string, Address>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-http-'));
  supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  faultProxy = await startFaultProxy({ supervisor, logFolder: folder, signal: AbortSignal.timeout(60_000) });
  server = createServer((asked, response) => {
    seen.push(`${asked.method} ${asked.url}`);
    response.end('right');
  });
  upstream = await listen(server);
  for (const name of LINKS) {
    // The first link has both: its requests pass the forwarder, then the proxy that knows bytes only.
    const next = name === LINKS[0] ? await faultProxy.createProxy({ name, upstream }) : upstream;
    addresses.set(name, await faultProxy.http.createProxy({ name, upstream: next }));
  }
  targets = {
    proxies: new Map([[LINKS[0], LINKS[0]]]),
    httpProxies: new Map(LINKS.map((name) => [name, name])),
    faultProxy,
    processes: new Map(),
    stores: new Map(),
  };
});
afterAll(async () => {
  await supervisor.close();
  await faultProxy.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const addressOf = (name: string): Address => addresses.get(name) ?? upstream;

function spec(kind: string, overrides: Partial<FaultSpec> = {}): FaultSpec {
  return { id: kind, family: 'http', kind, targets: LINKS, attributes: {}, ...overrides };
}

const failureCode = (error: NodeJS.ErrnoException): string => error.code ?? error.message;

describe('a fault on the requests of links', () => {
  const askAll = () =>
    Promise.all(LINKS.map((name) => ask(addressOf(name)).then(({ text }) => text, failureCode)));

  it.each([
    ['abort', {}, '503 Service Unavailable\n'],
    ['delay', { delay: 3_600_000, part: 'answer' }, 'right'],
    ['wrong_body', { body: 'wrong' }, 'wrong'],
    ['cut_body', {}, 'ECONNRESET'],
    ['lose_reply', {}, 'ECONNRESET'],
  ])('%s is felt on each, counted, gone after its time, and verified', async (kind, attributes, felt) => {
    const session = createFaultSession({ clock: systemClock });
    const over = session.inject(createFault(spec(kind, { attributes }), targets), 400);
    await expect.poll(() => session.events.length).toBe(1);
    expect(await askAll()).toEqual([felt, felt]);
    const record = await over;
    expect(record).toMatchObject({ hits: 2, isVerified: true });
    expect(record.problem).toBeUndefined();
    expect(await askAll()).toEqual(['right', 'right']);
    expect(await faultProxy.http.active()).toEqual([]);
  });

  it('has no hits where nobody asked', async () => {
    const record = await createFaultSession({ clock: systemClock }).inject(
      createFault(spec('abort', { id: 'unfelt' }), targets),
      20,
    );
    expect(record).toMatchObject({ hits: 0, isVerified: true });
  });

  it('is limited on all its links together', async () => {
    const session = createFaultSession({ clock: systemClock });
    const attributes = { delay: 3_600_000, max_active: 3 };
    const over = session.inject(createFault(spec('delay', { attributes }), targets), 60_000);
    await expect.poll(() => session.events.length).toBe(1);
    const asked = Array.from({ length: 8 }, (_, index) => ask(addressOf(LINKS[index % 2] ?? '')));
    let answered = 0;
    for (const each of asked) void each.then(() => (answered += 1));
    await expect.poll(() => answered).toBe(5);
    expect(await faultProxy.http.hits('delay')).toEqual({ requests: 3, active: 3 });
    expect(await session.rollback()).toEqual([]);
    await Promise.all(asked);
    expect(await over).toMatchObject({ hits: 3, isVerified: true });
  });

  it('lasts no longer than its lease though nobody reverts it', async () => {
    const fault = createFault(spec('abort', { id: 'leased' }), targets);
    await fault.apply({ forMs: 300, signal: AbortSignal.timeout(5_000), journal: async () => undefined });
    expect((await ask(addressOf(LINKS[1]))).status).toBe(503);
    await expect.poll(async () => (await ask(addressOf(LINKS[1]))).status, { timeout: 10_000 }).toBe(200);
    expect(await fault.verifyGone(AbortSignal.timeout(5_000))).toBe(true);
    expect(await fault.hits()).toBeGreaterThan(0);
    await fault.revert(AbortSignal.timeout(5_000));
  });

  it('writes down first how to end it without whoever made it', async () => {
    const steps: UndoStep[] = [];
    const fault = createFault(spec('abort', { id: 'written' }), targets);
    const journal = async (step: UndoStep): Promise<void> => {
      expect(await faultProxy.http.active()).toEqual([]);
      steps.push(step);
    };
    await fault.apply({ forMs: 60_000, signal: AbortSignal.timeout(5_000), journal });
    expect((await ask(addressOf(LINKS[0]))).status).toBe(503);
    const outcomes = await undoAll(
      steps.map((step) => ({ step })),
      { clock: systemClock, onOutcome: () => undefined },
    );
    expect(outcomes).toMatchObject([
      { about: expect.stringContaining('written'), result: { kind: 'undone' } },
    ]);
    expect((await ask(addressOf(LINKS[0]))).status).toBe(200);
    const again = await undoAll(
      steps.map((step) => ({ step })),
      { clock: systemClock, onOutcome: () => undefined },
    );
    expect(again).toMatchObject([{ result: { kind: 'gone' } }]);
  });

  it('acts beside a fault on the bytes of the same link', async () => {
    const session = createFaultSession({ clock: systemClock });
    const slow = { id: 'slow', family: 'link', kind: 'latency', targets: [LINKS[0]] };
    const both = [
      session.inject(createFault({ ...slow, attributes: { latency: 80 } }, targets), 60_000),
      session.inject(createFault(spec('wrong_body', { attributes: { body: 'x' } }), targets), 60_000),
    ];
    await expect.poll(() => session.events.length).toBe(2);
    const { text, tookMs } = await ask(addressOf(LINKS[0]));
    expect(text).toBe('x');
    expect(tookMs).toBeGreaterThan(78);
    expect(await session.rollback()).toEqual([]);
    expect(await Promise.all(both)).toMatchObject([
      { hits: 1, isVerified: true },
      { hits: 1, isVerified: true },
    ]);
  });

  it('comes and goes with dozens of requests held', async () => {
    const fault = createFault(spec('delay', { attributes: { delay: 3_600_000 } }), targets);
    const lease = { forMs: 60_000, signal: AbortSignal.timeout(5_000), journal: async () => undefined };
    await fault.apply(lease);
    const asked = Array.from({ length: 200 }, () => ask(addressOf(LINKS[1])));
    await expect.poll(async () => (await faultProxy.http.hits('delay')).active).toBe(200);
    await fault.revert(AbortSignal.timeout(5_000));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
    expect(await faultProxy.http.hits('delay')).toEqual({ requests: 200, active: 0 });
  });

  it.each([
    [spec('abort', { targets: ['balancer->orders/3'] }), 'UNKNOWN_LINK', 'balancer->orders/1'],
    [spec('abort', { attributes: { status: 199 } }), 'BAD_FAULT', '200 to 599'],
    [spec('abort', { attributes: { route: 'post /a' } }), 'BAD_FAULT', 'such as POST /api/orders*'],
    [spec('delay'), 'BAD_FAULT', '250ms'],
    [spec('cut_body', { attributes: { keep: 1 } }), 'BAD_FAULT', '0% to 99.99%'],
    [spec('lose_replies'), 'UNKNOWN_FAULT_KIND', 'lose_reply'],
  ])('is refused with what would be accepted: %#', (wrong, code, accepted) => {
    let refused: unknown;
    try {
      createFault(wrong, targets);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ kind: 'usage', code, hint: expect.stringContaining(accepted) });
  });
});

describe('the control API', () => {
  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const sent = request({ ...faultProxy.address, method, path, agent: false });
    const answered = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        const status = response.statusCode ?? 0;
        if (status === 204) response.resume();
        resolve(
          status === 204
            ? { status, body: undefined }
            : json(response).then((told) => ({ status, body: told })),
        );
      });
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return answered;
  }

  const abort = { name: 'api', kind: 'abort', proxies: [LINKS[0]], ttlMs: 60_000 };

  it('adds, tells and removes forwarders and faults', async () => {
    const text = `127.0.0.1:${upstream.port}`;
    const created = await call('POST', '/http-proxies', { name: 'api', upstream: text });
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'api', upstream: text, listen: expect.stringContaining('127.0.0.1:'), connections: 0 },
    });
    expect((await call('GET', '/http-proxies')).body).toContainEqual(created.body);
    expect((await call('POST', '/http-faults', { ...abort, proxies: ['api'] })).body).toEqual({
      ...abort,
      proxies: ['api'],
      attributes: {
        status: 503,
        retry_after: 0,
        request: 'dropped',
        route: '*',
        method: '*',
        header: '*',
        share: 1,
        max_active: 100_000,
      },
      isActive: true,
      hits: { requests: 0, active: 0 },
    });
    expect(await call('GET', '/http-faults')).toMatchObject({ body: [{ name: 'api' }] });
    const { listen: at } = created.body as { listen: string };
    expect((await fetch(`http://${at}/`)).status).toBe(503);
    // Toxiproxy's own reset takes everything away that breaks something.
    expect((await call('POST', '/http-faults', { ...abort, name: 'reset' })).status).toBe(201);
    expect((await call('POST', '/reset')).status).toBe(204);
    expect(await call('GET', '/http-faults')).toMatchObject({ body: [] });
    expect((await fetch(`http://${at}/`)).status).toBe(200);
    expect((await call('POST', '/http-faults', { ...abort, proxies: ['api'] })).status).toBe(201);
    expect((await fetch(`http://${at}/`)).status).toBe(503);
    expect((await call('DELETE', '/http-faults/api')).status).toBe(204);
    expect((await call('DELETE', '/http-faults/api')).status).toBe(404);
    expect(await call('GET', '/http-faults/api')).toMatchObject({
      body: { isActive: false, hits: { requests: 1, active: 0 } },
    });
    expect((await call('DELETE', '/http-proxies/api')).status).toBe(204);
    expect((await call('GET', '/http-proxies/api')).status).toBe(404);
    expect(await failureOf(fetch(`http://${at}/`))).toBe('fetch failed');
    expect(readFileSync(join(folder, 'fault-proxy.log'), 'utf8')).toMatch(
      /"httpFaultEnded","fault":"api","why":"removed","hitCount":1/,
    );
  });

  it.each<[string, string, unknown, number, string]>([
    ['POST', '/http-proxies', {}, 400, 'name'],
    ['POST', '/http-proxies', { name: LINKS[0], upstream: '127.0.0.1:1' }, 409, 'already exists'],
    ['POST', '/http-proxies', { name: 'x', upstream: 'nonsense' }, 400, 'accepted is host:port'],
    ['POST', '/http-proxies', { name: 'x', upstream: 'a:1', listen: '203.0.113.1:1' }, 500, 'cannot assign'],
    ['POST', '/http-faults', { ...abort, kind: 'nonsense' }, 400, 'lose_reply'],
    ['POST', '/http-faults', { ...abort, ttlMs: undefined }, 400, 'ttlMs'],
    ['POST', '/http-faults', { ...abort, ttlMs: -1 }, 400, 'ttlMs'],
    ['POST', '/http-faults', { ...abort, proxies: ['nowhere'] }, 404, 'http proxy not found: nowhere'],
    ['POST', '/http-faults', { ...abort, attributes: { status: 1e9 } }, 400, '200 to 599'],
    ['POST', '/http-faults', { ...abort, attributes: { latency: 1 } }, 400, 'unknown attribute latency'],
    ['POST', '/http-faults', { ...abort, kind: 'delay', attributes: { delay: 1e300 } }, 400, '0s to 1h'],
    ['GET', '/http-faults/nothing', undefined, 404, 'not found'],
    ['GET', '/http-faults/a/b', undefined, 404, 'no such path'],
    ['PUT', '/http-faults', undefined, 405, 'PUT'],
  ])('answers %s %s %j with %i', async (method, path, body, status, told) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, body: { status, error: expect.stringContaining(told) } });
  });

  it('stays quick with a thousand requests held', async () => {
    await call('POST', '/http-faults', { ...abort, kind: 'delay', attributes: { delay: 3_600_000 } });
    const asked = Array.from({ length: 1_000 }, () => failureOf(ask(addressOf(LINKS[0]))));
    await expect
      .poll(async () => (await faultProxy.http.hits('api')).active, { timeout: 20_000 })
      .toBe(1_000);
    const before = systemClock.now();
    expect((await call('GET', '/version')).status).toBe(200);
    const roundTripMs = systemClock.now() - before;
    const startMs = systemClock.now();
    expect((await call('DELETE', '/http-faults/api')).status).toBe(204);
    // The limit, and what a round trip costs on this machine at this moment.
    expect(systemClock.now() - startMs).toBeLessThan(100 + 10 * roundTripMs);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['answered']));
  });
});

describe('a controller that is killed with faults of every kind on', () => {
  let controller: ChildProcess | undefined;
  afterAll(() => controller?.kill('SIGKILL'));

  it('leaves no fault, no process and no listener', async () => {
    const runId = `${supervisor.runId}-killed`;
    const program = fileURLToPath(new URL('./http-fault-controller.ts', import.meta.url));
    controller = spawn(process.execPath, [program, runId, folder, String(upstream.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (controller.stdout === null) throw new Error('no output');
    let port = 0;
    for await (const line of createInterface({ input: controller.stdout })) {
      port = (JSON.parse(line) as { port: number }).port;
      break;
    }
    const at = { host: '127.0.0.1', port };
    expect((await ask(at, { path: '/abort' })).status).toBe(503);
    expect((await ask(at, { path: '/wrong_body' })).text).not.toBe('right');
    expect(await failureOf(ask(at, { path: '/cut_body' }))).toBe('ECONNRESET');
    expect(await failureOf(ask(at, { path: '/lose_reply' }))).toBe('ECONNRESET');
    const held = failureOf(ask(at, { path: '/delay' }));
    expect(await pidsOfRun(runId)).toHaveLength(1);
    controller.kill('SIGKILL');
    expect(await held).toBe('ECONNRESET');
    await expect.poll(() => pidsOfRun(runId), { timeout: 20_000 }).toEqual([]);
    expect(await acceptsConnections(at.host, at.port)).toBe(false);
    expect((await ask(upstream)).text).toBe('right');
  });
});
