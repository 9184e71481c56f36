import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, acceptsConnections, createSupervisor, type Supervisor } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../src/index.ts';
import { echo, listen, roundTripMs } from './socket-rig.ts';

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
  const { ttlMs, ...told } = toxic;
  expect(await faultProxy.toxics('a->b/1')).toEqual([
    {
      ...told,
      attributes: { latency: 30, jitter: 0 },
      scope: 'all',
      ttl: ttlMs,
      ttlLeft: expect.any(Number),
      hits: { connections: 1, chunks: 1 },
    },
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
