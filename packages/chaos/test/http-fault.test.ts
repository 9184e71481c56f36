import { text } from 'node:stream/consumers';
import { systemClock } from '@stormcart/core';
import { afterEach, describe, expect, it } from 'vitest';
import { post, ROUNDING_MS, recorder } from './http-recorder.ts';
import { ask, failureOf, type HttpRig, openHttpRig } from './http-rig.ts';
import { openClient } from './socket-rig.ts';

/** The machine is shared: a delay may come this much late. */
const NOISE_MS = 400;

let rig: HttpRig;
afterEach(() => rig.close());

const get = (path: string, field = ''): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n${field}\r\n`;

describe('abort', () => {
  it('answers instead of the server, which never hears of it, and on the same connection', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    expect((await rig.ask(post)).status).toBe(201);
    rig.add('abort', { status: 429, retry_after: 1_500 });
    expect(await rig.ask(post)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '2', 'content-type': 'text/plain; charset=utf-8' },
      text: '429 Too Many Requests\n',
    });
    expect(await rig.ask({ method: 'HEAD' })).toMatchObject({ status: 429, text: '' });
    expect(seen).toEqual(['POST /orders two shoes']);
    expect(rig.hits()).toBe(2);
    rig.set.removeFault('f');
    expect(await rig.ask(post)).toMatchObject({ status: 201, text: '{"order":"/orders"}' });
    expect(rig.served.count).toBe(1);
    expect(rig.hits()).toBe(2);
  });

  it('lets the server carry the request out first where it is to be delivered', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('abort', { status: 504, request: 'delivered' });
    const reply = await rig.ask(post);
    expect(reply).toMatchObject({ status: 504, text: '504 Gateway Timeout\n' });
    expect(reply.headers['x-order']).toBeUndefined();
    expect(seen).toEqual(['POST /orders two shoes']);
    rig.set.removeFault('f');
    expect((await rig.ask(post)).status).toBe(201);
    expect(rig.served.count).toBe(1);
  });

  it.each([204, 205, 304])('knows that %i has no body, and keeps the connection', async (status) => {
    rig = await openHttpRig(recorder().listener);
    rig.add('abort', { status });
    expect(await rig.ask()).toMatchObject({ status, text: '' });
    rig.set.removeFault('f');
    expect((await rig.ask()).status).toBe(201);
  });

  it('answers who waits for a go-ahead at once, and ends the connection', async () => {
    rig = await openHttpRig(recorder().listener);
    rig.add('abort');
    const socket = await openClient(rig.proxy.listen);
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\nConnection: close\r\n/s);
    socket.end();
  });

  it('takes a large body to its end before it answers', async () => {
    rig = await openHttpRig(recorder().listener);
    rig.add('abort');
    const body = Buffer.alloc(8 * 1_048_576, 'x');
    expect((await rig.ask({ method: 'PUT', body })).status).toBe(503);
    const fetched = await fetch(rig.url, { method: 'PUT', body: new Uint8Array(body) });
    expect([fetched.status, await fetched.text()]).toEqual([503, '503 Service Unavailable\n']);
  });

  it('befalls the right one of several pipelined requests', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('abort', { route: '/b' });
    const socket = await openClient(rig.proxy.listen);
    socket.write(get('/a') + get('/b') + get('/c') + get('/b') + get('/d', 'Connection: close\r\n'));
    const statuses = (await text(socket)).match(/(?<=HTTP\/1\.1 )\d+/g);
    socket.end();
    expect(statuses).toEqual(['201', '503', '201', '503', '201']);
    expect(seen).toEqual(['GET /a', 'GET /c', 'GET /d']);
  });

  it('answers an HTTP/1.0 client in a way that it understands', async () => {
    rig = await openHttpRig(recorder().listener);
    rig.add('abort');
    const socket = await openClient(rig.proxy.listen);
    socket.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n');
    const answer = await text(socket);
    socket.end();
    expect(answer.match(/Connection: [a-z-]+/g)).toEqual(['Connection: keep-alive', 'Connection: close']);
  });
});

describe('delay', () => {
  it('lets the request reach the server late', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    const before = (await rig.ask(post)).tookMs;
    rig.add('delay', { delay: 150 });
    const asked = rig.ask(post);
    await systemClock.sleep(75);
    expect(seen).toHaveLength(1);
    const { tookMs, status } = await asked;
    expect(status).toBe(201);
    expect(tookMs).toBeGreaterThan(150 - ROUNDING_MS);
    expect(tookMs - before).toBeLessThan(150 + NOISE_MS);
    expect(rig.hits()).toBe(1);
    rig.set.removeFault('f');
    expect((await rig.ask(post)).tookMs).toBeLessThan(tookMs);
    expect(rig.served.count).toBe(1);
  });

  it('lets the server carry the request out at once and the answer come late', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('delay', { delay: 150, part: 'answer' });
    const asked = rig.ask(post);
    await expect.poll(() => seen.length).toBe(1);
    const { tookMs, text: body } = await asked;
    expect(tookMs).toBeGreaterThan(150 - ROUNDING_MS);
    expect(body).toBe('{"order":"/orders"}');
  });

  it('varies within its jitter, the same way for the same seed', async () => {
    rig = await openHttpRig(recorder().listener);
    rig.add('delay', { delay: 60, jitter: 50 });
    const times: number[] = [];
    for (let round = 0; round < 12; round += 1) times.push((await rig.ask()).tookMs);
    expect(Math.min(...times)).toBeGreaterThan(10 - ROUNDING_MS);
    // 12 draws from a range of 100 ms: the chance that they all lie within 20 ms is 1 in 10 million.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(20);
  });

  it('holds large bodies back without holding them in memory', async () => {
    rig = await openHttpRig((request, response) => request.pipe(response));
    rig.add('delay', { delay: 50 }, { name: 'to' });
    rig.add('delay', { delay: 50, part: 'answer' }, { name: 'fro' });
    const body = Buffer.alloc(4 * 1_048_576, 'y');
    const reply = await rig.ask({ method: 'POST', body });
    expect(reply.body.equals(body)).toBe(true);
    expect(reply.tookMs).toBeGreaterThan(100 - ROUNDING_MS);
    expect([rig.hits('to'), rig.hits('fro')]).toEqual([1, 1]);
  });

  it('outlasts a server that closes idle connections', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig((request, response) => {
      response.on('finish', () => request.socket.end());
      listener(request, response);
    });
    const socket = await openClient(rig.proxy.listen);
    rig.add('delay', { delay: 100, route: '/late' });
    socket.write(
      'GET /now HTTP/1.1\r\nHost: h\r\n\r\nGET /late HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );
    expect((await text(socket)).match(/\{.*\}/g)).toEqual(['{"order":"/now"}', '{"order":"/late"}']);
    socket.end();
    expect(seen).toEqual(['GET /now', 'GET /late']);
    expect(rig.served.count).toBe(2);
  });
});

describe('wrong_body', () => {
  it('keeps status and fields, and states the right length', async () => {
    rig = await openHttpRig(recorder().listener);
    rig.add('wrong_body', { body: '{"order":"ö"}' });
    for (const read of [() => rig.ask(), () => ask(rig.proxy.listen)]) {
      const { headers, ...reply } = await read();
      expect(reply).toMatchObject({ status: 201, text: '{"order":"ö"}' });
      expect(headers).toMatchObject({
        'content-length': '14',
        'x-order': 'kept',
        'content-type': 'application/json',
      });
    }
    const fetched = await fetch(rig.url);
    expect(await fetched.json()).toEqual({ order: 'ö' });
    expect(rig.hits()).toBe(3);
    rig.set.removeFault('f');
    expect((await rig.ask()).text).toBe('{"order":"/"}');
  });

  it('replaces long and chunked bodies, and leaves answers without one alone', async () => {
    rig = await openHttpRig((request, response) => {
      if (request.method === 'HEAD') response.setHeader('content-length', 9);
      else response.write(Buffer.alloc(2 * 1_048_576));
      response.end();
    });
    rig.add('wrong_body', { body: 'short' });
    expect(await rig.ask({ method: 'POST' })).toMatchObject({
      text: 'short',
      headers: { 'content-length': '5' },
    });
    expect((await rig.ask({ method: 'HEAD' })).text).toBe('');
    expect(rig.hits()).toBe(1);
    // What was left of the long one did not get in the way.
    expect((await rig.ask({ method: 'POST' })).text).toBe('short');
    expect(rig.served.count).toBe(1);
  });
});

describe('cut_body', () => {
  it.each(['counted', 'chunked', 'until the connection closes'])('ends in the middle: %s', async (kind) => {
    rig = await openHttpRig((request, response) => {
      if (kind === 'counted') response.setHeader('content-length', 1_000);
      if (kind.startsWith('until')) response.useChunkedEncodingByDefault = false;
      if (kind.startsWith('until')) response.removeHeader('transfer-encoding');
      response.write(Buffer.alloc(1_000, 'z'));
      setTimeout(() => response.end(), 20);
      request.resume();
    });
    rig.add('cut_body', { keep: 0.3 });
    expect(await failureOf(ask(rig.proxy.listen))).toBe('ECONNRESET');
    // undici takes a reset for the end of a body that ends with its connection.
    const fetched = kind.startsWith('until') ? 'answered' : 'terminated';
    expect(await failureOf(fetch(rig.url).then((response) => response.text()))).toBe(fetched);
    expect(rig.hits()).toBe(2);
    rig.set.removeFault('f');
    expect((await ask(rig.proxy.listen)).body.length).toBe(1_000);
    await expect.poll(() => rig.set.known('f')?.activeCount).toBe(0);
  });

  it('lets exactly its share through', async () => {
    rig = await openHttpRig((_, response) => response.end(Buffer.alloc(100_000, 'z')));
    rig.add('cut_body', { keep: 0.25 });
    const socket = await openClient(rig.proxy.listen);
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const answer = await text(socket);
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(25_000);
    socket.end();
  });

  it('leaves answers without a body alone', async () => {
    rig = await openHttpRig((_, response) => response.writeHead(204).end());
    rig.add('cut_body');
    expect((await rig.ask()).status).toBe(204);
    expect(rig.hits()).toBe(0);
  });
});

describe('lose_reply', () => {
  it.each(['close', 'reset'])('lets the effect happen and the client in the dark: %s', async (ending) => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('lose_reply', { ending });
    expect(await failureOf(rig.ask(post))).toBe('ECONNRESET');
    expect(await failureOf(fetch(rig.url, { method: 'POST', body: 'x' }))).toBe('fetch failed');
    expect(seen).toEqual(['POST /orders two shoes', 'POST / x']);
    expect(rig.hits()).toBe(2);
    rig.set.removeFault('f');
    expect((await rig.ask(post)).status).toBe(201);
    expect(rig.hits()).toBe(2);
  });

  it('comes after what was answered before it', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('lose_reply', { route: '/lost' });
    const socket = await openClient(rig.proxy.listen);
    socket.write(
      'GET /kept HTTP/1.1\r\nHost: h\r\n\r\nGET /lost HTTP/1.1\r\nHost: h\r\n\r\nGET /never HTTP/1.1\r\n',
    );
    expect((await text(socket)).match(/\{.*\}/g)).toEqual(['{"order":"/kept"}']);
    socket.end();
    expect(seen).toEqual(['GET /kept', 'GET /lost']);
  });
});
