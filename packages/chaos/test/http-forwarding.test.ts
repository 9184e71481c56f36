import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, failureOf, type HttpRig, openHttpRig } from './http-rig.ts';
import { echo, fateOf, openClient, readBytes } from './socket-rig.ts';

let rig: HttpRig;
afterEach(() => rig.close());

const pattern = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7 + (index >> 8)) % 251));

async function textUntilEnd(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'end');
  socket.end();
  return Buffer.concat(parts).toString('latin1');
}

describe('without faults', () => {
  it('keeps one connection for one after the other, to the server too', async () => {
    rig = await openHttpRig((request, response) => response.end(request.url));
    for (const path of ['/a', '/b?c=d', '/e']) {
      expect(await rig.ask({ path })).toMatchObject({ status: 200, text: path });
    }
    expect(rig.served.count).toBe(1);
    expect(rig.proxy.connectionCount).toBe(1);
  });

  it('carries large bodies both ways, counted and chunked', async () => {
    rig = await openHttpRig((request, response) => request.pipe(response));
    const body = pattern(6 * 1_048_576);
    const counted = await rig.ask({
      method: 'POST',
      body,
      headers: { 'content-length': String(body.length) },
    });
    expect(counted.body.equals(body)).toBe(true);
    const chunked = await rig.ask({ method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.body.equals(body)).toBe(true);
    const fetched = await fetch(rig.url, { method: 'POST', body: new Uint8Array(body) });
    expect(Buffer.from(await fetched.arrayBuffer()).equals(body)).toBe(true);
  });

  it('answers HEAD, 204 and 304 without waiting for a body', async () => {
    rig = await openHttpRig((request, response) => {
      response.writeHead(
        Number(request.url?.slice(1)),
        request.method === 'HEAD' ? { 'content-length': 9 } : {},
      );
      response.end();
    });
    expect(await rig.ask({ method: 'HEAD', path: '/200' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '9' },
    });
    expect((await rig.ask({ path: '/204' })).status).toBe(204);
    expect((await rig.ask({ path: '/304' })).status).toBe(304);
    expect(rig.served.count).toBe(1);
  });

  it('lets a server ask for the body first, and tell early hints', async () => {
    rig = await openHttpRig(
      createHttpServer().on('checkContinue', (request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.writeContinue();
        request.pipe(response);
      }),
    );
    const socket = await openClient(rig.proxy.listen);
    const answer = textUntilEnd(socket);
    const head =
      'POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 4\r\n\r\n';
    socket.write(head);
    socket.once('data', () => socket.end('body'));
    expect((await answer).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 103', 'HTTP/1.1 100', 'HTTP/1.1 200']);
  });

  it('answers pipelined requests in their order, however late each answer is', async () => {
    rig = await openHttpRig((request, response) => {
      const lateMs = request.url === '/1' ? 60 : 0;
      setTimeout(() => response.end(request.url), lateMs);
    });
    const socket = await openClient(rig.proxy.listen);
    const answers = textUntilEnd(socket);
    const pipelined = ['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join('');
    socket.write(`${pipelined}GET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect((await answers).match(/^\/\d/gm)).toEqual(['/1', '/2', '/3', '/4']);
    expect(rig.served.count).toBe(1);
  });

  it('carries on what a connection is upgraded to', async () => {
    const server = createHttpServer();
    server.on('upgrade', (_, socket: Socket, head: Buffer) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
      socket.write(head);
      echo(socket);
    });
    rig = await openHttpRig(server);
    const socket = await openClient(rig.proxy.listen);
    const switched = readBytes(socket, 20);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
    expect((await switched).toString()).toContain('101');
    const echoed = once(socket, 'data');
    // Nothing that HTTP would let pass, and its end is handed on too.
    socket.end('\0\n\r\n\0');
    expect(String((await echoed)[0])).toContain('\0\n\r\n\0');
    expect(await fateOf(socket)).toBe('end');
  });

  it.each([
    ['TLS', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 10])],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['lenient HTTP', Buffer.from('GET / HTTP/1.1\nHost: h\n\n')],
    [
      'a body without an end',
      Buffer.from('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    ],
  ])('carries what it cannot read as it is: %s', async (_, bytes) => {
    rig = await openHttpRig(createServer(echo));
    rig.add('delay', { delay: 0 });
    const socket = await openClient(rig.proxy.listen);
    const back = readBytes(socket, bytes.length);
    socket.write(bytes);
    expect((await back).equals(bytes)).toBe(true);
    socket.destroy();
  });

  it('lets a server speak first', async () => {
    rig = await openHttpRig(createServer((socket) => socket.end('220 ready\r\n')));
    expect(await textUntilEnd(await openClient(rig.proxy.listen))).toBe('220 ready\r\n');
  });
});

describe('the end of a connection', () => {
  it('of a client that has asked and sends no more: it still gets its answer', async () => {
    rig = await openHttpRig(
      createServer({ allowHalfOpen: true }, (socket) => {
        const parts: Buffer[] = [];
        socket.on('data', (part: Buffer) => parts.push(part));
        socket.once('end', () => socket.end(`HTTP/1.0 200 OK\r\n\r\n${Buffer.concat(parts).length}`));
      }),
    );
    const socket = await openClient(rig.proxy.listen);
    const answer = textUntilEnd(socket);
    socket.end('GET / HTTP/1.0\r\n\r\n');
    expect(await answer).toBe('HTTP/1.0 200 OK\r\n\r\n18');
  });

  it('by the server reaches an idle client, and a cut answer is one', async () => {
    rig = await openHttpRig((request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': 10 }).write('12345');
        setTimeout(() => response.destroy(), 20);
      } else {
        response.end();
        setTimeout(() => request.socket.end(), 20);
      }
    });
    const socket = await openClient(rig.proxy.listen);
    const fate = fateOf(socket);
    socket.write('GET /idle HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await fate).toBe('end');
    socket.destroy();
    expect(await failureOf(ask(rig.proxy.listen, { path: '/cut' }))).toBe('ECONNRESET');
    await expect.poll(() => rig.proxy.connectionCount).toBe(0);
  });

  it('by a reset is one on the other side too', async () => {
    rig = await openHttpRig(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const socket = await openClient(rig.proxy.listen);
    const fate = fateOf(socket);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await fate).toBe('ECONNRESET');
    await expect.poll(() => rig.proxy.connectionCount).toBe(0);
  });

  it('by a client in the middle of an answer is seen by the server', async () => {
    const gone = Promise.withResolvers<string>();
    rig = await openHttpRig((_, response) => {
      response.on('close', () => gone.resolve(response.writableFinished ? 'finished' : 'gone'));
      response.write('begun');
    });
    const socket = await openClient(rig.proxy.listen);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await gone.promise).toBe('gone');
    await expect.poll(() => rig.proxy.connectionCount).toBe(0);
  });

  it('comes at once where nothing listens', async () => {
    rig = await openHttpRig((_, response) => response.end());
    const orphan = await rig.set.addProxy({
      name: 'orphan',
      listen: { host: '127.0.0.1', port: 0 },
      upstream: { text: '127.0.0.1:1', target: { host: '127.0.0.1', port: 1 } },
    });
    expect(await failureOf(ask(orphan?.listen ?? rig.upstream))).toBe('ECONNRESET');
    await expect.poll(() => orphan?.connectionCount).toBe(0);
  });
});

it('stops reading from a server whose client does not read', async () => {
  let written = 0;
  rig = await openHttpRig((_, response) => {
    response.writeHead(200, { 'content-length': 256 * 1_048_576 });
    const piece = Buffer.alloc(65_536);
    const write = (): void => {
      written += piece.length;
      if (response.write(piece)) setImmediate(write);
    };
    response.on('drain', write);
    write();
  });
  const socket = connect(rig.proxy.listen.port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  socket.pause();
  await wait(500);
  // The kernel's buffers on loopback take a few megabytes; a forwarder that read on would have it all.
  expect(written).toBeLessThan(64 * 1_048_576);
  const settled = written;
  socket.resume();
  await expect.poll(() => written).toBeGreaterThan(settled);
  socket.destroy();
});
