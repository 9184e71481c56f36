import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Address, acceptsConnections, createSupervisor, type Supervisor } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../src/index.ts';
import { echo, fateOf, listen, roundTripMs } from './socket-rig.ts';

let folder: string;
let supervisor: Supervisor;
let faultProxy: FaultProxy;
/** Of its process. */
let pid: number | undefined;
let server: Server;
let upstream: Address;
const served: Socket[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-proxy-'));
  supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  supervisor.onEvent((event) => {
    if (event.state === 'ready') pid ??= event.pid;
  });
  faultProxy = await startFaultProxy({
    supervisor,
    logFolder: folder,
    signal: AbortSignal.timeout(60_000),
  });
  server = createServer({ allowHalfOpen: true }, (socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    echo(socket);
  });
  upstream = await listen(server);
});
afterAll(async () => {
  await faultProxy.close();
  await supervisor.close();
  for (const socket of served) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

function clientOf(address: Address): Socket {
  return connect({ ...address, noDelay: true }).on('error', () => undefined);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function call(method: string, path: string, body?: string, headers = {}): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ ...faultProxy.address, method, path, headers, agent: false });
    sent.once('response', resolve).once('error', reject).end(body);
  });
  const answer = await text(response);
  return { status: response.statusCode ?? 0, body: answer === '' ? undefined : JSON.parse(answer) };
}

it('carries connections through a proxy in another process', async () => {
  const address = await faultProxy.createProxy({ name: 'orders->mariadb', upstream });
  expect(address.port).not.toBe(upstream.port);
  const socket = clientOf(address);
  await roundTripMs(socket);
  socket.destroy();
  expect(readFileSync(join(folder, 'fault-proxy.log'), 'utf8')).toContain('"proxyAdded"');
});

it('adds, tells and removes toxics, and still tells the hits of those that are over', async () => {
  const address = await faultProxy.createProxy({ name: 'a->b/1', upstream });
  const toxic = {
    name: 'slow',
    type: 'latency',
    stream: 'upstream',
    toxicity: 1,
    attributes: { latency: 30 },
    ttlMs: 60_000,
  } as const;
  await faultProxy.addToxic('a->b/1', toxic);
  const socket = clientOf(address);
  expect(await roundTripMs(socket)).toBeGreaterThan(28);
  expect(await faultProxy.toxics('a->b/1')).toEqual([
    { ...toxic, attributes: { latency: 30, jitter: 0 }, hits: { connections: 1, chunks: 1 } },
  ]);
  expect(await faultProxy.removeToxic('a->b/1', 'slow')).toBe(true);
  expect(await faultProxy.removeToxic('a->b/1', 'slow')).toBe(false);
  expect(await faultProxy.toxics('a->b/1')).toEqual([]);
  expect(await faultProxy.hits('a->b/1')).toEqual({ slow: { connections: 1, chunks: 1 } });
  socket.destroy();
});

it('ends a toxic at the end of its lease though nobody asks for it', async () => {
  const address = await faultProxy.createProxy({ name: 'leased', upstream });
  await faultProxy.addToxic('leased', {
    name: 'gone',
    type: 'down',
    stream: 'downstream',
    toxicity: 1,
    attributes: {},
    ttlMs: 200,
  });
  expect(await acceptsConnections(address.host, address.port)).toBe(false);
  await expect.poll(() => acceptsConnections(address.host, address.port), { timeout: 10_000 }).toBe(true);
  expect(await faultProxy.isListening('leased')).toBe(true);
});

it('rejects with a clear error what the proxy refuses', async () => {
  await expect(faultProxy.toxics('nowhere')).rejects.toMatchObject({ code: 'FAULT_PROXY_REFUSED' });
  await expect(faultProxy.toxics('nowhere')).rejects.toThrow('404');
});

it('rejects with a clear error when its process has died', async () => {
  const mortal = createSupervisor(`${supervisor.runId}-mortal`);
  const proxy = await startFaultProxy({
    supervisor: mortal,
    logFolder: folder,
    signal: AbortSignal.timeout(60_000),
  });
  await mortal.close();
  await expect(proxy.toxics('any')).rejects.toMatchObject({ code: 'FAULT_PROXY_FAILED', kind: 'internal' });
  await proxy.close();
});

it('does not start for a drill that is being ended', async () => {
  const options = { supervisor, logFolder: folder, signal: AbortSignal.abort(new Error('enough')) };
  await expect(startFaultProxy(options)).rejects.toThrow('enough');
});

it('stands beside another one', async () => {
  const other = await startFaultProxy({ supervisor, logFolder: folder, signal: AbortSignal.timeout(60_000) });
  const [left, right] = await Promise.all([
    faultProxy.createProxy({ name: 'same', upstream }),
    other.createProxy({ name: 'same', upstream }),
  ]);
  expect(left.port).not.toBe(right.port);
  await other.close();
  expect(await acceptsConnections(right.host, right.port)).toBe(false);
  expect(await acceptsConnections(left.host, left.port)).toBe(true);
});

describe('the control API', () => {
  const proxy = { name: 'api', listen: '127.0.0.1:0' };

  it('speaks in the shapes of Toxiproxy', async () => {
    expect(await call('GET', '/version')).toMatchObject({
      status: 200,
      body: { version: expect.any(String) },
    });
    const upstreamText = `127.0.0.1:${upstream.port}`;
    const created = await call('POST', '/proxies', JSON.stringify({ ...proxy, upstream: upstreamText }));
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'api', upstream: upstreamText, enabled: true, toxics: [] },
    });
    const toxic = await call('POST', '/proxies/api/toxics', '{"type":"latency","attributes":{"latency":5}}');
    expect(toxic).toMatchObject({
      status: 200,
      body: {
        name: 'latency_downstream',
        stream: 'downstream',
        toxicity: 1,
        attributes: { latency: 5, jitter: 0 },
      },
    });
    expect((await call('GET', '/proxies/api/toxics')).body).toEqual([toxic.body]);
    expect((await call('GET', '/proxies/api/toxics/latency_downstream')).body).toEqual(toxic.body);
    expect(await call('GET', '/proxies')).toMatchObject({ body: { api: { toxics: [toxic.body] } } });
    expect((await call('DELETE', '/proxies/api/toxics/latency_downstream')).status).toBe(204);
    expect((await call('GET', '/proxies/api')).body).toMatchObject({ toxics: [] });
  });

  it('disables a proxy, which refuses, and enables it again on the same port', async () => {
    const { body } = await call('GET', '/proxies/api');
    const port = Number((body as { listen: string }).listen.split(':')[1]);
    expect(await call('POST', '/proxies/api', '{"enabled":false}')).toMatchObject({
      body: { enabled: false },
    });
    expect(await fateOf(connect(port, '127.0.0.1'))).toBe('ECONNREFUSED');
    await call('POST', '/proxies/api', '{"enabled":true}');
    expect(await acceptsConnections('127.0.0.1', port)).toBe(true);
  });

  it.each([
    ['POST', '/proxies', '{', 400, 'bad request body'],
    ['POST', '/proxies', '', 400, 'bad request body'],
    ['POST', '/proxies', '[]', 400, 'bad request body'],
    ['POST', '/proxies', '{"name":"x"}', 400, 'upstream'],
    ['POST', '/proxies', '{"name":"x","upstream":"nonsense"}', 400, 'an address such as'],
    ['POST', '/proxies', '{"name":"x","upstream":"127.0.0.1:99999"}', 400, 'an address such as'],
    ['POST', '/proxies', '{"name":"x","upstream":"a:1","listen":"203.0.113.1:1"}', 500, 'cannot listen'],
    ['POST', '/proxies', '{"name":"api","upstream":"127.0.0.1:1"}', 409, 'already exists'],
    ['POST', '/proxies/api/toxics', '{"type":"nonsense"}', 400, 'type'],
    ['POST', '/proxies/api/toxics', '{"type":"latency","toxicity":2}', 400, 'toxicity'],
    ['POST', '/proxies/api/toxics', '{"type":"latency","attributes":{"latency":"1"}}', 400, 'latency'],
    ['POST', '/proxies/api/toxics', '{"type":"bandwidth","attributes":{"rate":0}}', 400, 'rate'],
    ['POST', '/proxies/api/toxics', '{"type":"latency","extra":1}', 400, 'extra'],
    ['POST', '/proxies/nowhere/toxics', '{}', 404, 'proxy not found'],
    ['GET', '/proxies/api/toxics/nothing', '', 404, 'toxic not found'],
    ['GET', '/proxies/%E0%A4%A', '', 400, 'percent-encoded'],
    ['GET', '/elsewhere', '', 404, 'no such path'],
    ['PUT', '/proxies', '', 405, 'PUT'],
  ])('answers %s %s %s with %i', async (method, path, body, status, told) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, body: { status, error: expect.stringContaining(told) } });
  });

  it('refuses a body or headers without an end, and browsers', async () => {
    expect((await call('POST', '/proxies', `"${'x'.repeat(70_000)}"`)).status).toBe(413);
    expect(
      (await call('GET', '/version', '', { 'x-long': 'x'.repeat(10_000) }).catch(() => undefined))?.status,
    ).not.toBe(200);
    expect((await call('GET', '/version', '', { 'user-agent': 'Mozilla/5.0' })).status).toBe(403);
    expect((await call('GET', '/version')).status).toBe(200);
  });
});

it('holds a bounded amount when nobody reads, and gives it back', async () => {
  const silent = createServer((socket) => {
    served.push(socket.on('error', () => undefined));
    socket.pause();
  });
  const address = await faultProxy.createProxy({ name: 'silent', upstream: await listen(silent) });
  const beforeBytes = residentBytes();
  const writers = Array.from({ length: 4 }, () => clientOf(address));
  for (const writer of writers) writer.write(Buffer.alloc(64 * 1_048_576));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // 256 MiB are on their way; what a proxy of ours may hold of them is a few read buffers.
  expect(residentBytes() - beforeBytes).toBeLessThan(64 * 1_048_576);
  for (const writer of writers) {
    expect(writer.writableLength).toBeGreaterThan(0);
    writer.destroy();
  }
  for (const socket of served) socket.destroy();
  silent.close();
});

function residentBytes(): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096;
}
