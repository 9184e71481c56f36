import { Duplex } from 'node:stream';
import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createConnectionPool } from './connection-pool.ts';
import type { ExchangeEnd, OutgoingRequest } from './exchange.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A pool whose sockets answer when told to. */
function poolWith(clock = new ManualClock()) {
  const sockets: Duplex[] = [];
  const pool = createConnectionPool(({ onReady, onData }) => {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    sockets.push(socket);
    queueMicrotask(onReady);
    // As a real one does, it reads into the same memory again.
    const memory = Buffer.alloc(1_024);
    return socket.on('data', (chunk: Buffer) => {
      onData(memory.subarray(0, chunk.copy(memory)));
      memory.fill('*');
    });
  }, clock);
  const ends: ExchangeEnd[] = [];
  const send = (more: Partial<OutgoingRequest> = {}) => {
    const request: OutgoingRequest = {
      method: 'GET',
      bytes: 'GET / HTTP/1.1\r\n\r\n',
      wasWritten: false,
      onEnd: (end) => ends.push(end),
      ...more,
    };
    const carrier = pool.send(request);
    return { request, cancel: () => carrier.cancel(request) };
  };
  return { pool, sockets, ends, send, clock };
}

async function answered(socket: Duplex | undefined, bytes: string | null): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  socket?.push(bytes);
  await new Promise((resolve) => setImmediate(resolve));
}

it('uses a connection again after its answer, and opens another for a request at the same time', async () => {
  const { sockets, ends, send, pool } = poolWith();
  send();
  await answered(sockets[0], OK);
  send();
  send();
  await answered(sockets[0], OK);
  await answered(sockets[1], OK);
  expect(sockets).toHaveLength(2);
  expect(ends.map(({ kind }) => kind)).toEqual(['answer', 'answer', 'answer']);
  pool.close();
});

it.each([
  ['the server closes it', null],
  ['it speaks unasked', 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n'],
])('takes another connection when %s while it is idle', async (_what, bytes) => {
  const { sockets, ends, send } = poolWith();
  send();
  await answered(sockets[0], OK);
  await answered(sockets[0], bytes);
  send();
  await answered(sockets[1], OK);
  expect(ends.map(({ kind }) => kind)).toEqual(['answer', 'answer']);
});

it('counts a close that crosses the request as a reset, and does not send it again', async () => {
  const { sockets, ends, send } = poolWith();
  send();
  await answered(sockets[0], OK);
  send();
  await answered(sockets[0], null);
  expect(sockets).toHaveLength(1);
  expect(ends[1]).toMatchObject({ kind: 'reset' });
});

it.each([
  ['four seconds of idleness', OK, 3_999, 4_000],
  [
    'a second less than the server announced',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=3\r\n\r\n',
    1_999,
    2_000,
  ],
])('does not use a connection again after %s', async (_what, bytes, stillMs, noMoreMs) => {
  for (const [idleMs, connections] of [
    [stillMs, 1],
    [noMoreMs, 2],
  ] as const) {
    const { sockets, send, clock } = poolWith();
    send();
    await answered(sockets[0], bytes);
    await clock.advance(idleMs);
    send();
    expect(sockets).toHaveLength(connections);
  }
});

it('never uses the connection of a cancelled request again, and reports nothing of it', async () => {
  const { sockets, ends, send, pool } = poolWith();
  const exchange = send();
  await answered(sockets[0], 'HTTP/1.1 200 OK\r\n');
  exchange.cancel();
  expect(sockets[0]?.destroyed).toBe(true);
  expect(pool.openCount()).toBe(0);
  send();
  expect(sockets).toHaveLength(2);
  expect(ends).toEqual([]);
});

it('says of a request whether any of it may have reached the other side', async () => {
  const { sockets, ends, send } = poolWith();
  const { request } = send();
  expect(request.wasWritten).toBe(false);
  await answered(sockets[0], OK);
  expect(request.wasWritten).toBe(true);
  // On a connection that was open before, too.
  expect(send().request.wasWritten).toBe(true);
  expect(ends).toMatchObject([{ kind: 'answer', status: 200 }]);
});

it('parses JSON bodies that arrive in pieces', async () => {
  const { sockets, ends, send } = poolWith();
  send();
  await answered(sockets[0], 'HTTP/1.1 200 OK\r\nContent-Type: application/problem+json; charset=utf-8\r\n');
  await answered(sockets[0], 'Content-Length: 14\r\n\r\n{"title"');
  await answered(sockets[0], ':"no"}');
  expect(ends).toMatchObject([{ kind: 'answer', status: 200, body: { title: 'no' } }]);
});

it('drains a body that nobody looks at, and uses the connection again', async () => {
  const { sockets, ends, send } = poolWith();
  for (const ignoresBody of [true, false]) {
    send({ ignoresBody });
    await answered(sockets[0], 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n');
    await answered(sockets[0], 'Content-Length: 2\r\n\r\n{}');
  }
  expect(ends).toMatchObject([
    { kind: 'answer', body: undefined },
    { kind: 'answer', body: {} },
  ]);
  expect(sockets).toHaveLength(1);
});
