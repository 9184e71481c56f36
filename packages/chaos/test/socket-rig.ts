import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '@stormcart/core';
import { systemClock } from '@stormcart/core';
import { expect } from 'vitest';
import type { LinkFaultName } from '../src/fault/link/link-kinds.ts';
import type { Scope } from '../src/proxy/active-toxic.ts';
import { addressText } from '../src/proxy/address.ts';
import type { LinkProxy } from '../src/proxy/link-proxy.ts';
import { ProxySet } from '../src/proxy/proxy-set.ts';
import { parseUpstream, type Upstream } from '../src/proxy/upstream.ts';

/** A server, a proxy in front of it, and clients; `close` ends all of it. */
export interface SocketRig {
  readonly proxy: LinkProxy;
  readonly upstream: Address;
  /** Server sides of the connections, in order of arrival. */
  readonly served: readonly Socket[];
  /** A connected client of the proxy, or of another address. */
  client(address?: Address): Promise<Socket>;
  add(type: LinkFaultName, options?: ToxicOptions): Promise<void>;
  hits(toxic?: string): { readonly connections: number; readonly chunks: number };
  /** Nothing listens upstream any more. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

interface ToxicOptions {
  readonly name?: string;
  readonly stream?: 'upstream' | 'downstream';
  readonly toxicity?: number;
  readonly attributes?: Readonly<Record<string, number>>;
  readonly scope?: Scope;
  readonly ttlMs?: number;
}

export async function openRig(onConnection: (socket: Socket) => void, seed = 'rig'): Promise<SocketRig> {
  const served: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    served.push(socket);
    onConnection(socket);
  });
  const upstream = await listen(server);
  const set = new ProxySet({ seed, clock: systemClock, onEvent: () => undefined });
  const proxy = await set.add({
    name: 'p',
    listen: { host: '127.0.0.1', port: 0 },
    upstream: upstreamOf(addressText(upstream)),
    isEnabled: true,
  });
  const clients: Socket[] = [];
  const stopServer = (): Promise<void> => {
    for (const socket of [...clients, ...served]) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return {
    proxy,
    upstream,
    served,
    client: async (address = proxy.listen) => {
      const socket = await openClient(address);
      clients.push(socket);
      return socket;
    },
    add: async (
      type,
      { name = 't', stream = 'upstream', toxicity = 1, attributes = {}, scope = 'all', ttlMs } = {},
    ) => {
      await proxy.addToxic({ name, type, stream, toxicity, attributes, scope, ttlMs });
    },
    hits: (toxic = 't') => proxy.hits[toxic] ?? { connections: 0, chunks: 0 },
    stopServer,
    close: async () => {
      await set.close();
      await stopServer();
    },
  };
}

/** `expect.poll` with the patience that a crowded machine needs. */
export function eventually<Value>(look: () => Value | Promise<Value>) {
  return expect.poll(look, { timeout: 20_000, interval: 10 });
}

export function upstreamOf(text: string): Upstream {
  const upstream = parseUpstream(text);
  if (upstream === undefined) throw new Error(`no upstream: ${text}`);
  return upstream;
}

/** Connects; later errors are for those who ask with `fateOf`. */
export async function openClient(address: Address): Promise<Socket> {
  const socket = connect({ ...address, allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

export async function listen(server: Server): Promise<Address> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { host: '127.0.0.1', port: address.port };
}

/** Sends everything back, and the end too. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** Reads exactly this many bytes; rejects when the connection ends first or `limitMs` pass. */
export function readBytes(socket: Socket, count: number, limitMs = 20_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      if (error === undefined) resolve(Buffer.concat(chunks));
      else reject(error);
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= count) finish();
    };
    const onClose = (): void => finish(new Error(`closed after ${size} of ${count} bytes`));
    const timer = setTimeout(() => finish(new Error(`${size} of ${count} bytes in ${limitMs} ms`)), limitMs);
    socket.on('data', onData).on('close', onClose);
  });
}

/** Milliseconds for one byte there and back. */
export async function roundTripMs(socket: Socket): Promise<number> {
  const startMs = systemClock.now();
  const answer = readBytes(socket, 1);
  socket.write('x');
  await answer;
  return systemClock.now() - startMs;
}

/** How a connection ends: `end` for a FIN, else the error's code (`ECONNRESET`), or `open` after `limitMs`. */
export function fateOf(socket: Socket, limitMs = 5_000): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('open'), limitMs);
    const finish = (fate: string): void => {
      clearTimeout(timer);
      resolve(fate);
    };
    socket.once('end', () => finish('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.once('close', () => finish('closed'));
    socket.resume();
  });
}
