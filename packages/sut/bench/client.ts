import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MessageReader } from '@stormcart/core';

export interface BenchAnswer {
  readonly status: number;
  readonly body: string;
}

/** One keep-alive connection, one request at a time: a closed loop's user, some 20 µs of CPU a request. */
export interface BenchClient {
  /** Rejects when the connection breaks or nothing comes for `PATIENCE_MS`. */
  ask(method: string, path: string, options?: BenchRequest): Promise<BenchAnswer>;
  close(): void;
}

export interface BenchRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Longer than anything that the shop allows itself. */
const PATIENCE_MS = 15_000;

export function openClient(url: URL): BenchClient {
  const socket = connectTo(url);
  let waiting: PromiseWithResolvers<BenchAnswer> | undefined;
  let status = 0;
  let pieces: Buffer[] = [];
  const fail = (reason: string): void => {
    waiting?.reject(new Error(reason));
    waiting = undefined;
    socket.destroy();
  };
  const reader = new MessageReader('response', {
    onHead: (head) => {
      status = head.status;
      pieces = [];
    },
    onBody: (piece) => pieces.push(Buffer.from(piece)),
    onEnd: () => {
      const answered = waiting;
      waiting = undefined;
      answered?.resolve({ status, body: Buffer.concat(pieces).toString() });
    },
  });
  socket.setTimeout(PATIENCE_MS, () => fail('no answer'));
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the connection was closed'));
  return {
    ask: (method, path, options = {}) => {
      waiting = Promise.withResolvers<BenchAnswer>();
      reader.expectResponseTo(method);
      socket.write(requestText(url, method, path, options));
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

function requestText(url: URL, method: string, path: string, { headers = {}, body }: BenchRequest): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const fields = Object.entries({
    Host: url.host,
    ...headers,
    ...(body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
  });
  return `${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}

function connectTo(url: URL): Socket {
  const [host, port] = [url.hostname, Number(url.port)];
  if (url.protocol === 'http:') return connectTcp({ host, port, noDelay: true });
  // The shop was booted by this very process on loopback; whose certificate it shows is not what is measured.
  const socket = connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  socket.setNoDelay(true);
  return socket;
}
