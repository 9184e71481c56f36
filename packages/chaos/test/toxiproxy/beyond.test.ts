import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echo, eventually, fateOf, readBytes, roundTripMs } from '../socket-rig.ts';
import { type ApiRig, openApiRig } from './api-rig.ts';

/** What this API has beyond Toxiproxy's: leases, proxies with toxics, scopes, hits per connection, a seed. */

let rig: ApiRig;
beforeAll(async () => {
  rig = await openApiRig('seed 7');
});
afterAll(() => rig.close());

/** Far beyond any test: what ends sooner has ended for another reason. */
const LONG_MS = 600_000;

describe('a lease', () => {
  it('ends a toxic when its time is over, and tells how much is left', async () => {
    const { listen } = await rig.create('leased');
    const toxic = { name: 't', type: 'latency', attributes: { latency: 60_000 }, ttl: 200 };
    const answer = await rig.call('POST', '/proxies/leased/toxics', toxic);
    expect(answer.body).toMatchObject({ ttl: 200 });
    const { ttlLeft = Number.NaN } = answer.body as { ttlLeft?: number };
    expect(ttlLeft).toBeGreaterThan(0);
    expect(ttlLeft).toBeLessThanOrEqual(200);
    await roundTripMs(await rig.client(listen));
    expect((await rig.get('leased')).toxics).toEqual([]);
    expect(rig.events).toContainEqual({
      kind: 'toxicEnded',
      proxy: 'leased',
      toxic: 't',
      why: 'expired',
      hits: { connections: 1, chunks: 1 },
    });
  });

  it('of a toxic begins anew when a change says so, and only then', async () => {
    await rig.create('renewed');
    const path = '/proxies/renewed/toxics';
    await rig.call('POST', path, { name: 'short', type: 'noop', ttl: 150 });
    await rig.call('POST', path, { name: 'long', type: 'noop', ttl: 150 });
    await rig.call('PATCH', `${path}/short`, { toxicity: 0.5 });
    await rig.call('PATCH', `${path}/long`, { ttl: LONG_MS });
    await eventually(async () => (await rig.get('renewed')).toxics.map(({ name }) => name)).toEqual(['long']);
  });

  it('gives a proxy its old state back: enabled, address and upstream', async () => {
    const { listen } = await rig.create('p');
    const fate = fateOf(await rig.client(listen));
    const port = await rig.freePort();
    const away = { enabled: true, listen: `127.0.0.1:${port}`, upstream: '127.0.0.1:9', ttl: 200 };
    expect((await rig.call('PATCH', '/proxies/p', away)).body).toMatchObject({ ...away, ttl: 200 });
    expect(await fate).toBe('end');
    await eventually(() => rig.get('p')).toMatchObject({ listen, upstream: rig.upstream, enabled: true });
    expect(await rig.get('p')).not.toHaveProperty('ttl');
    await roundTripMs(await rig.client(listen));
    await expect(rig.client(`127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED');
  });

  it('opens a disabled proxy again', async () => {
    const { listen } = await rig.create('off');
    const answer = await rig.call('POST', '/proxies/off', { enabled: false, ttl: 200 });
    expect(answer.body).toMatchObject({ enabled: false, ttl: 200 });
    await expect(rig.client(listen)).rejects.toThrow('ECONNREFUSED');
    await eventually(async () => (await rig.get('off')).enabled).toBe(true);
    await roundTripMs(await rig.client(listen));
  });

  it('of a state goes back to what was before the first of several, and is renewed by a ttl alone', async () => {
    const { listen } = await rig.create('twice');
    await rig.call('PATCH', '/proxies/twice', { upstream: '127.0.0.1:9', ttl: LONG_MS });
    await rig.call('PATCH', '/proxies/twice', { enabled: false, ttl: LONG_MS });
    expect((await rig.call('PATCH', '/proxies/twice', { ttl: 50 })).body).toMatchObject({
      enabled: false,
      ttl: 50,
    });
    await eventually(() => rig.get('twice')).toMatchObject({ listen, upstream: rig.upstream, enabled: true });
  });

  it('of a state is over when somebody says what is to last', async () => {
    await rig.create('lasting');
    await rig.call('PATCH', '/proxies/lasting', { enabled: false, ttl: 100 });
    const answer = await rig.call('PATCH', '/proxies/lasting', { enabled: false });
    expect(answer.body).not.toHaveProperty('ttl');
    // A second proxy, disabled later for as long, shows that the time of the first one is over.
    await rig.create('later');
    await rig.call('PATCH', '/proxies/later', { enabled: false, ttl: 100 });
    await eventually(async () => (await rig.get('later')).enabled).toBe(true);
    expect(await rig.get('lasting')).toMatchObject({ enabled: false });
  });

  it('is over at a reset, which gives the old state back and enables it', async () => {
    const { listen } = await rig.create('reset');
    await rig.call('PATCH', '/proxies/reset', { upstream: '127.0.0.1:9', enabled: false, ttl: LONG_MS });
    await rig.call('POST', '/reset');
    const proxy = await rig.get('reset');
    expect(proxy).toMatchObject({ listen, upstream: rig.upstream, enabled: true });
    expect(proxy).not.toHaveProperty('ttl');
  });

  it('removes a proxy that was created with one, and is renewed by a ttl alone', async () => {
    await rig.create('mortal', { ttl: LONG_MS });
    expect((await rig.call('PATCH', '/proxies/mortal', { ttl: 80 })).body).toMatchObject({ ttl: 80 });
    await eventually(async () => (await rig.call('GET', '/proxies/mortal')).status).toBe(404);
    expect(rig.events).toContainEqual({ kind: 'proxyRemoved', proxy: 'mortal', why: 'expired' });
  });

  it.each([-1, 86_400_001, '5s', 1e300])('of %j is refused with the range', async (ttl) => {
    await rig.call('POST', '/proxies', { name: 'bounded', listen: '127.0.0.1:0', upstream: rig.upstream });
    for (const path of ['/proxies', '/proxies/bounded', '/proxies/bounded/toxics']) {
      const answer = await rig.call('POST', path, { name: 'x', type: 'noop', upstream: rig.upstream, ttl });
      expect(answer.body).toEqual({
        error: 'bad request body: ttl: accepted is a number from 0 to 86400000 (ms)',
        status: 400,
      });
    }
  });
});

describe('creating a proxy with its toxics', () => {
  it('has them from the first connection on', async () => {
    const toxics = [
      { type: 'latency', attributes: { latency: 40 }, ttl: LONG_MS },
      { name: 'counted', type: 'noop', stream: 'upstream', toxicity: 0.5 },
    ];
    const proxy = await rig.create('ready', { toxics });
    expect(proxy.toxics).toMatchObject([
      { name: 'latency_downstream', ttl: LONG_MS },
      { name: 'counted', toxicity: 0.5 },
    ]);
    expect(await roundTripMs(await rig.client(proxy.listen))).toBeGreaterThan(38);
  });

  it.each([
    [[{ type: 'noop' }, { type: 'nonsense' }], 400, 'invalid toxic type at toxic 2'],
    [[{ type: 'latency', attributes: { latency: -1 } }], 400, /attributes\.latency: accepted .* at toxic 1$/],
    [[{ type: 'noop' }, { type: 'noop' }], 409, 'toxic already exists'],
    ['all', 400, /^bad request body: toxics/],
  ])('is all or nothing: %j', async (toxics, status, error) => {
    const port = await rig.freePort();
    const body = { name: 'half', listen: `127.0.0.1:${port}`, upstream: rig.upstream, toxics };
    const answer = await rig.call('POST', '/proxies', body);
    const told = typeof error === 'string' ? error : expect.stringMatching(error);
    expect(answer.body).toEqual({ error: told, status });
    expect((await rig.call('GET', '/proxies/half')).status).toBe(404);
    await expect(rig.client(`127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the scope of a toxic', () => {
  it('is existing, new or all connections', async () => {
    const { listen } = await rig.create('scoped');
    const path = '/proxies/scoped/toxics';
    const old = await rig.client(listen);
    await roundTripMs(old);
    for (const scope of ['existing', 'new', 'all']) {
      const answer = await rig.call('POST', path, { name: scope, type: 'noop', stream: 'upstream', scope });
      expect(answer.body).toMatchObject({ scope });
    }
    await roundTripMs(old);
    await roundTripMs(await rig.client(listen));
    const { body } = await rig.call('GET', '/proxies/scoped/connections');
    const touchedOnce = { chunks: 1, bytes: 1 };
    const hits = (body as readonly { readonly hits: unknown }[]).map((connection) => connection.hits);
    expect(hits[0]).toEqual({ existing: touchedOnce, all: touchedOnce });
    expect(hits[1]).toEqual({ new: touchedOnce, all: touchedOnce });
  });

  it('of down keeps either what is open or the listener', async () => {
    const { listen } = await rig.create('half-down');
    const path = '/proxies/half-down/toxics';
    const open = await rig.client(listen);
    await roundTripMs(open);
    await rig.call('POST', path, { name: 'no more', type: 'down', scope: 'new' });
    await expect(rig.client(listen)).rejects.toThrow('ECONNREFUSED');
    await roundTripMs(open);
    await rig.call('DELETE', `${path}/no%20more`);
    const fate = fateOf(open);
    await rig.call('POST', path, { name: 'no old ones', type: 'down', scope: 'existing' });
    expect(await fate).toBe('end');
    await roundTripMs(await rig.client(listen));
  });

  it.each([
    [{ scope: 'some' }, /^bad request body: scope: .*"all"\|"new"\|"existing"/],
    [{ type: 'down', toxicity: 0.5 }, /^bad request body: toxicity: accepted for down is 1$/],
  ])('is refused where it cannot be meant: %j', async (fields, error) => {
    await rig.call('POST', '/proxies', { name: 'misled', listen: '127.0.0.1:0', upstream: rig.upstream });
    const answer = await rig.call('POST', '/proxies/misled/toxics', { type: 'noop', ...fields });
    expect(answer.body).toEqual({ error: expect.stringMatching(error), status: 400 });
  });
});

describe('hits', () => {
  it('are told per connection, of those that are over too', async () => {
    const { listen } = await rig.create('counted');
    await rig.call('POST', '/proxies/counted/toxics', { name: 't', type: 'noop', stream: 'upstream' });
    const first = await rig.client(listen);
    await roundTripMs(first);
    await roundTripMs(first);
    const port = first.localPort;
    first.destroy();
    await eventually(async () => (await rig.get('counted')).connections).toBe(0);
    await roundTripMs(await rig.client(listen));
    await rig.call('DELETE', '/proxies/counted/toxics/t');
    expect((await rig.call('GET', '/proxies/counted/connections')).body).toEqual([
      {
        number: 1,
        client: `127.0.0.1:${port}`,
        open: false,
        upstreamBytes: 2,
        downstreamBytes: 2,
        hits: { t: { chunks: 2, bytes: 2 } },
      },
      expect.objectContaining({ number: 2, open: true, hits: { t: { chunks: 1, bytes: 1 } } }),
    ]);
    expect((await rig.call('GET', '/proxies/counted/hits')).body).toEqual({
      t: { connections: 2, chunks: 3 },
    });
  });
});

describe('the seed', () => {
  /** Which of forty connections a toxic picks. */
  async function picks(name: string, fields: Readonly<Record<string, unknown>>): Promise<string> {
    const toxic = { name: 't', type: 'noop', stream: 'upstream', toxicity: 0.5, ...fields };
    const { listen } = await rig.create(name, { toxics: [toxic] });
    for (let count = 0; count < 40; count += 1) (await rig.client(listen)).destroy();
    await eventually(async () => ((await connections(name)) as unknown[]).length).toBe(40);
    const records = (await connections(name)) as readonly { readonly hits: object }[];
    await rig.call('DELETE', `/proxies/${name}`);
    return records.map(({ hits }) => ('t' in hits ? 'x' : '.')).join('');
  }

  async function connections(name: string): Promise<unknown> {
    return (await rig.call('GET', `/proxies/${name}/connections`)).body;
  }

  it('picks the same connections again, on a proxy that was made anew too', async () => {
    const first = await picks('seeded', {});
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
    expect(await picks('seeded', {})).toBe(first);
  });

  it('may be given for one toxic, as text or number', async () => {
    const process = await picks('own', {});
    const own = await picks('own', { seed: 11 });
    expect(own).not.toBe(process);
    expect(await picks('own', { seed: '11' })).toBe(own);
    expect(await picks('own', { seed: 12 })).not.toBe(own);
  });
});

describe('an upstream', () => {
  it('may be given by name', async () => {
    const { listen } = await rig.create('by-name', {
      upstream: rig.upstream.replace('127.0.0.1', 'localhost'),
    });
    await roundTripMs(await rig.client(listen));
  });

  it('may be an IPv6 address, and so may the address to listen on', async (context) => {
    const server = createServer(echo);
    const isThere = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
    });
    if (isThere !== true) context.skip('this machine has no IPv6');
    const upstream = `[::1]:${(server.address() as AddressInfo).port}`;
    const { listen } = await rig.create('six', { listen: '[::1]:0', upstream });
    expect(listen).toMatch(/^\[::1\]:[1-9]\d+$/);
    await roundTripMs(await rig.client(listen));
    await rig.call('DELETE', '/proxies/six');
    server.close();
  });

  it.each(['unix:', ''])('may be the path of a socket, with %j before it', async (prefix) => {
    const folder = await mkdtemp(join(tmpdir(), 'stormcart-upstream-'));
    const path = join(folder, 'server.sock');
    const server = createServer({ allowHalfOpen: true }, echo).listen(path);
    await once(server, 'listening');
    const upstream = `${prefix}${path}`;
    const { listen } = await rig.create('path', { upstream });
    expect(await rig.get('path')).toMatchObject({ upstream });
    const socket = await rig.client(listen);
    await roundTripMs(socket);
    const rest = readBytes(socket, 4);
    const end = once(socket, 'end');
    socket.end('rest');
    expect((await rest).toString()).toBe('rest');
    await end;
    const reset = await rig.client(listen);
    await roundTripMs(reset);
    const fate = fateOf(reset);
    await rig.call('POST', '/proxies/path/toxics', { type: 'reset_peer' });
    expect(await fate).toBe('ECONNRESET');
    await rig.call('DELETE', '/proxies/path');
    server.close();
    await rm(folder, { recursive: true });
  });
});
