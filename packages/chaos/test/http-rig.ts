import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import type { Server as NetServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Address, type AttributeValues, systemClock } from '@stormcart/core';
import { HttpFaultSet } from '../src/http-fault/http-fault-set.ts';
import type { HttpFaultName } from '../src/http-fault/http-fault-table.ts';
import type { HttpProxy } from '../src/http-fault/http-proxy.ts';
import { addressText } from '../src/proxy/address.ts';
import { listen } from './socket-rig.ts';

/** A server, a forwarder in front of it, and a client; `close` ends all of it. */
export interface HttpRig {
  readonly set: HttpFaultSet;
  readonly proxy: HttpProxy;
  readonly upstream: Address;
  /** `http://127.0.0.1:…`, of the forwarder. */
  readonly url: string;
  /** Connections that the server has accepted so far. */
  readonly served: { count: number };
  /** Puts a fault named `f` on the forwarder, for a minute. */
  add(kind: HttpFaultName, attributes?: AttributeValues, options?: { name?: string; ttlMs?: number }): void;
  hits(name?: string): number;
  /** Asks through node:http, on one kept connection. */
  ask(options?: AskOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent | false;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  readonly tookMs: number;
}

/** `server`: node:http with this listener, or any other. */
export async function openHttpRig(server: RequestListener | NetServer, seed = 'rig'): Promise<HttpRig> {
  const own: NetServer = typeof server === 'function' ? createServer(server) : server;
  const served = { count: 0 };
  own.on('connection', (socket) => {
    served.count += 1;
    socket.on('error', () => undefined);
  });
  const upstream = await listen(own);
  const set = new HttpFaultSet({ seed, clock: systemClock, onEvent: () => undefined });
  const proxy = await set.addProxy({
    name: 'p',
    listen: { host: '127.0.0.1', port: 0 },
    upstream: { text: addressText(upstream), target: upstream },
  });
  if (proxy === undefined) throw new Error('no forwarder');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    set,
    proxy,
    upstream,
    url: `http://127.0.0.1:${proxy.listen.port}`,
    served,
    add: (kind, attributes = {}, { name = 'f', ttlMs = 60_000 } = {}) => {
      set.addFault({ name, kind, proxies: ['p'], attributes, ttlMs });
    },
    hits: (name = 'f') => set.known(name)?.hitCount ?? 0,
    ask: (options = {}) => ask(proxy.listen, { agent, ...options }),
    close: async () => {
      agent.destroy();
      await set.close();
      if ('closeAllConnections' in own) (own as Server).closeAllConnections();
      await new Promise((resolve) => own.close(resolve));
    },
  };
}

/** Rejects like node:http does; also when the answer ends before its body does. */
export async function ask(
  { host, port }: Address,
  { method = 'GET', path = '/', headers = {}, body, agent = false }: AskOptions = {},
): Promise<Reply> {
  const startMs = systemClock.now();
  const sent = request({ host, port, method, path, headers, agent });
  // A body that ends with its connection is told as complete even after a reset; the request knows better.
  let failure: Error | undefined;
  sent.on('error', (error) => {
    failure = error;
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const whole = await buffer(response);
  if (failure !== undefined) throw failure;
  return {
    status: response.statusCode,
    headers: response.headers,
    body: whole,
    text: whole.toString(),
    tookMs: systemClock.now() - startMs,
  };
}

/** The error code of what was asked, or `answered`. */
export function failureOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}
