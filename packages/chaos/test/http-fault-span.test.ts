import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { post, ROUNDING_MS, recorder } from './http-recorder.ts';
import { ask, failureOf, type HttpRig, openHttpRig } from './http-rig.ts';
import { openClient } from './socket-rig.ts';

/** Which requests an HTTP fault befalls, and how it ends. */
let rig: HttpRig;
afterEach(() => rig.close());

describe('which requests', () => {
  const statusOf = async (options: Parameters<HttpRig['ask']>[0]): Promise<number> =>
    (await rig.ask(options)).status;

  it('is a matter of route, method and header', async () => {
    rig = await openHttpRig((_, response) => response.end());
    rig.add('abort', { route: 'POST /api/orders*', header: 'X-Customer=vip*' });
    const vip = { 'x-customer': 'vip-7' };
    expect(await statusOf({ method: 'POST', path: '/api/orders', headers: vip })).toBe(503);
    expect(await statusOf({ method: 'POST', path: '/api/orders/7/payments?a=b', headers: vip })).toBe(503);
    expect(await statusOf({ method: 'POST', path: '/api/orders' })).toBe(200);
    expect(await statusOf({ method: 'GET', path: '/api/orders', headers: vip })).toBe(200);
    expect(await statusOf({ method: 'POST', path: '/api/cart', headers: vip })).toBe(200);
    expect(rig.hits()).toBe(2);
  });

  it('is drawn with the seed, the same ones each time', async () => {
    const runs: string[] = [];
    for (const seed of ['one', 'one', 'two']) {
      rig = await openHttpRig((_, response) => response.end(), seed);
      rig.add('abort', { share: 0.3 });
      let run = '';
      for (let round = 0; round < 200; round += 1) run += (await statusOf({})) === 503 ? 'x' : '.';
      runs.push(run);
      expect(rig.hits()).toBe(run.replaceAll('.', '').length);
      // 60 ± 5 standard deviations of a binomial distribution.
      expect(Math.abs(rig.hits() - 60)).toBeLessThan(33);
      if (runs.length < 3) await rig.close();
    }
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).not.toBe(runs[2]);
  });

  it('is at most so many at the same time', async () => {
    rig = await openHttpRig((_, response) => response.end());
    rig.add('delay', { delay: 60_000, max_active: 3 });
    const waiting: Promise<unknown>[] = [];
    for (let round = 0; round < 3; round += 1) waiting.push(ask(rig.proxy.listen));
    await expect.poll(() => rig.set.known('f')?.activeCount).toBe(3);
    expect((await ask(rig.proxy.listen)).status).toBe(200);
    expect(rig.hits()).toBe(3);
    rig.set.removeFault('f');
    await Promise.all(waiting);
  });

  it('may be met by several faults: each delay, and the first that decides on the answer', async () => {
    rig = await openHttpRig((_, response) => response.end());
    rig.add('delay', { delay: 40 }, { name: 'a' });
    rig.add('abort', { status: 500 }, { name: 'b' });
    rig.add('abort', { status: 501 }, { name: 'c' });
    rig.add('delay', { delay: 40 }, { name: 'd' });
    const { status, tookMs } = await rig.ask();
    expect(status).toBe(500);
    expect(tookMs).toBeGreaterThan(80 - 2 * ROUNDING_MS);
    expect(['a', 'b', 'c', 'd'].map((name) => rig.hits(name))).toEqual([1, 1, 0, 1]);
  });
});

describe('the end of a fault', () => {
  it('comes by itself with its lease, and lets go what it held', async () => {
    const { seen, listener } = recorder();
    rig = await openHttpRig(listener);
    rig.add('delay', { delay: 60_000 }, { ttlMs: 120 });
    const { status, tookMs } = await rig.ask(post);
    expect(status).toBe(201);
    expect(tookMs).toBeGreaterThan(120 - ROUNDING_MS);
    expect(seen).toHaveLength(1);
    expect(rig.set.faults()).toEqual([]);
    expect(rig.set.known('f')).toMatchObject({ isOver: true, hitCount: 1, activeCount: 0 });
  });

  it.each(['request', 'answer'])('lets go a held %s', async (part) => {
    rig = await openHttpRig(recorder().listener);
    rig.add('delay', { delay: 60_000, part });
    const asked = rig.ask(post);
    await expect.poll(() => rig.hits()).toBe(1);
    rig.set.removeFault('f');
    expect((await asked).text).toBe('{"order":"/orders"}');
  });

  it('spares answers that have not come yet', async () => {
    const kinds = ['lose_reply', 'wrong_body', 'cut_body'] as const;
    const answers: (() => void)[] = [];
    rig = await openHttpRig((_, response) => answers.push(() => response.end('right')));
    for (const kind of kinds) {
      rig.add(kind, { route: `/${kind}` }, { name: kind });
    }
    const asked = kinds.map((kind) => ask(rig.proxy.listen, { path: `/${kind}` }));
    await expect.poll(() => answers.length).toBe(3);
    rig.set.removeAllFaults();
    for (const answer of answers) answer();
    expect((await Promise.all(asked)).map((reply) => reply.text)).toEqual(['right', 'right', 'right']);
    expect(kinds.map((kind) => rig.hits(kind))).toEqual([0, 0, 0]);
  });

  it('closes at once on whoever waits for an answer of which a part is lost', async () => {
    rig = await openHttpRig((_, response) => response.write('an answer without an end'));
    rig.add('lose_reply');
    const asked = failureOf(rig.ask());
    await expect.poll(() => rig.hits()).toBe(1);
    rig.set.removeFault('f');
    expect(await asked).toBe('ECONNRESET');
  });

  it('leaves no request behind when clients have gone', async () => {
    rig = await openHttpRig((_, response) => response.end());
    rig.add('delay', { delay: 60_000 });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openClient(rig.proxy.listen)));
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await expect.poll(() => rig.set.known('f')?.activeCount).toBe(20);
    for (const socket of sockets) socket.resetAndDestroy();
    await expect.poll(() => rig.set.known('f')?.activeCount).toBe(0);
    await expect.poll(() => rig.proxy.connectionCount).toBe(0);
  });

  it('is not held up by a client that never reads', async () => {
    rig = await openHttpRig((_, response) => response.end(Buffer.alloc(32 * 1_048_576)));
    rig.add('cut_body', { keep: 0.9 });
    const socket = await openClient(rig.proxy.listen);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await expect.poll(() => rig.set.known('f')?.activeCount).toBe(1);
    rig.set.removeFault('f');
    expect(rig.set.faults()).toEqual([]);
    const asked = once(socket, 'close');
    socket.destroy();
    await asked;
    await expect.poll(() => rig.proxy.connectionCount).toBe(0);
  });
});
