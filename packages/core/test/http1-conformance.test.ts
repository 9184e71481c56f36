import { createServer, type RequestListener, request, type Server } from 'node:http';
import { connect, createServer as createNetServer, type Server as NetServer } from 'node:net';
import { MessageReader } from '@stormcart/core';
import { afterEach, expect, it } from 'vitest';

const servers: NetServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: NetServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Read {
  readonly status: number;
  readonly framing: string;
  readonly keepsAlive: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the reader makes of node:http's answers to these requests, sent in one go on one connection. */
async function answersTo(
  listener: RequestListener,
  requests: readonly (readonly [string, string])[],
): Promise<Read[]> {
  const server: Server = createServer(listener);
  const port = await listen(server);
  const socket = connect({ port, host: '127.0.0.1' });
  const reads: Read[] = [];
  let head: Omit<Read, 'body'> | undefined;
  let body = '';
  const done = Promise.withResolvers<undefined>();
  const reader = new MessageReader('response', {
    onHead: ({ status, framing, keepsAlive, headers }) => {
      head = { status, framing: framing.kind, keepsAlive, headers: headers.toRecord() };
      body = '';
    },
    onBody: (payload) => {
      body += payload.toString();
    },
    onEnd: () => {
      if (head !== undefined) reads.push({ ...head, body });
      if (reads.length === requests.length) done.resolve(undefined);
    },
  });
  for (const [method, text] of requests) {
    reader.expectResponseTo(method);
    socket.write(text);
  }
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('end', () => reader.end());
  socket.on('error', done.reject);
  await done.promise;
  socket.destroy();
  return reads;
}

const head = 'HTTP/1.1\r\nHost: here\r\n';

it('reads what node:http answers: counted, chunked, bodiless, until close', async () => {
  const reads = await answersTo(
    (incoming, outgoing) => {
      switch (incoming.url ?? '') {
        case '/counted':
          outgoing.end('counted');
          break;
        case '/chunked':
          outgoing.setHeader('Trailer', 'X-Sum');
          outgoing.setHeader('Set-Cookie', ['a=1', 'b=2']);
          outgoing.write('chun');
          outgoing.write('ked');
          outgoing.addTrailers({ 'X-Sum': '7' });
          outgoing.end();
          break;
        case '/empty':
          outgoing.writeHead(204).end();
          break;
        default:
          outgoing.useChunkedEncodingByDefault = false;
          outgoing.removeHeader('Content-Length');
          outgoing.write('until ');
          outgoing.end('close');
      }
    },
    [
      ['GET', `GET /counted ${head}\r\n`],
      ['HEAD', `HEAD /counted ${head}\r\n`],
      ['GET', `GET /chunked ${head}\r\n`],
      ['DELETE', `DELETE /empty ${head}\r\n`],
      ['GET', 'GET /close HTTP/1.0\r\n\r\n'],
    ],
  );
  expect(reads.map(({ status, framing, keepsAlive, body }) => [status, framing, keepsAlive, body])).toEqual([
    [200, 'length', true, 'counted'],
    [200, 'none', true, ''],
    [200, 'chunked', true, 'chunked'],
    [204, 'none', true, ''],
    [200, 'untilClose', false, 'until close'],
  ]);
  expect(reads[2]?.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', trailer: 'X-Sum' });
});

it('reads what node:http asks: fields as sent, bodies counted and chunked', async () => {
  const seen: unknown[] = [];
  const server = createNetServer((socket) => {
    let body = '';
    const reader = new MessageReader('request', {
      onHead: ({ method, target, framing, headers }) => {
        seen.push([method, target, framing.kind, headers.get('x-mixed')]);
      },
      onBody: (payload) => {
        body += payload.toString();
      },
      onEnd: () => {
        seen.push(body);
        socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
      },
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
  });
  const port = await listen(server);
  const ask = (method: string, headers: Record<string, string>, parts: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, method, path: '/a?b=c', headers }, (answer) => {
        answer.resume().on('end', resolve);
      });
      sent.on('error', reject);
      for (const part of parts) sent.write(part);
      sent.end();
    });
  await ask('GET', { 'X-Mixed': ' padded value ' }, []);
  await ask('POST', { 'Content-Length': '4' }, ['ab', 'cd']);
  await ask('PUT', {}, ['ab', 'cdef']);
  expect(seen).toEqual([
    ['GET', '/a?b=c', 'none', 'padded value'],
    '',
    ['POST', '/a?b=c', 'length', undefined],
    'abcd',
    ['PUT', '/a?b=c', 'chunked', undefined],
    'abcdef',
  ]);
});
