import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Address, leasePort } from '@stormcart/core';
import { addressText } from '../../src/proxy/address.ts';
import type { ProxyEvent } from '../../src/proxy/proxy-event.ts';
import { serveFaultProxy } from '../../src/proxy/serve-fault-proxy.ts';
import { echo, listen, openClient } from '../socket-rig.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** The fault proxy with its API, a server that sends everything back, and what a test needs to look at both. */
export interface ApiRig {
  readonly address: Address;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** Of the server behind. */
  readonly upstream: string;
  readonly events: readonly ProxyEvent[];
  /** Anything but a string is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** A new proxy with a free port in front of the server. */
  create(name: string, fields?: Readonly<Record<string, unknown>>): Promise<ProxyBody>;
  get(name: string): Promise<ProxyBody>;
  client(listen: string): Promise<Socket>;
  /** A port that nobody else takes. */
  freePort(): Promise<number>;
  close(): Promise<void>;
}

export interface ToxicBody {
  readonly name: string;
  readonly ttlLeft?: number;
  readonly hits: { readonly connections: number; readonly chunks: number };
}

export interface ProxyBody {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly connections: number;
  readonly ttlLeft?: number;
  readonly toxics: readonly ToxicBody[];
}

export async function openApiRig(seed = 'rig'): Promise<ApiRig> {
  const sockets: Socket[] = [];
  const leases: { close(): Promise<void> }[] = [];
  const events: ProxyEvent[] = [];
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket.on('error', () => undefined));
    echo(socket);
  });
  const upstream = addressText(await listen(server));
  const proxy = await serveFaultProxy({
    listen: { host: '127.0.0.1', port: 0 },
    seed,
    onEvent: (event) => events.push(event),
  });
  const call: ApiRig['call'] = async (method, path, body, headers = {}) => {
    const sent = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({ ...proxy.address, method, path, headers, agent: false });
      asked.once('response', resolve).once('error', reject).end(sent);
    });
    const answer = await text(response);
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: answer,
      body: isJson ? JSON.parse(answer) : undefined,
    };
  };
  return {
    address: proxy.address,
    url: `http://${addressText(proxy.address)}`,
    upstream,
    events,
    call,
    create: async (name, fields = {}) => {
      const answer = await call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream, ...fields });
      if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.text}`);
      return answer.body as ProxyBody;
    },
    get: async (name) => (await call('GET', `/proxies/${name}`)).body as ProxyBody,
    client: async (listenText) => {
      const socket = await openClient(addressOf(listenText));
      sockets.push(socket);
      return socket;
    },
    freePort: async () => {
      const lease = await leasePort();
      leases.push(lease);
      return lease.port;
    },
    close: async () => {
      await proxy.close();
      for (const socket of sockets) socket.destroy();
      for (const lease of leases) await lease.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function addressOf(address: string): Address {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}
