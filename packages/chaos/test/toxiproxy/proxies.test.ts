import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fateOf, listen, openClient, roundTripMs } from '../socket-rig.ts';
import { type ApiRig, addressOf, openApiRig } from './api-rig.ts';

let rig: ApiRig;
beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

/** `ECONNREFUSED`, or that it connected. */
async function knock(listenText: string): Promise<string> {
  return openClient(addressOf(listenText)).then(
    (socket) => {
      socket.destroy();
      return 'connected';
    },
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}

describe('creating a proxy', () => {
  it('answers 201 with the whole proxy, enabled', async () => {
    const answer = await rig.call('POST', '/proxies', {
      name: 'p',
      listen: '127.0.0.1:0',
      upstream: rig.upstream,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toMatchObject({
      name: 'p',
      listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d+$/),
      upstream: rig.upstream,
      enabled: true,
      toxics: [],
    });
    expect((await rig.call('GET', '/proxies')).body).toEqual({ p: answer.body });
    expect((await rig.call('GET', '/proxies/p')).body).toEqual(answer.body);
    await roundTripMs(await rig.client((await rig.get('p')).listen));
  });

  it.each([
    [{}, 'missing required field: name'],
    [{ name: '' }, 'missing required field: name'],
    [{ name: null, upstream: '' }, 'missing required field: name'],
    [{ name: 'p' }, 'missing required field: upstream'],
    [{ name: 'p', upstream: '' }, 'missing required field: upstream'],
    [{ name: 'p', upstream: null }, 'missing required field: upstream'],
  ])('needs a name and an upstream: %j', async (body, error) => {
    expect((await rig.call('POST', '/proxies', body)).body).toEqual({ error, status: 400 });
    expect((await rig.call('GET', '/proxies')).body).toEqual({});
  });

  it.each([null, true, undefined])('takes enabled %j for true', async (enabled) => {
    const proxy = await rig.create('p', enabled === undefined ? {} : { enabled });
    expect(proxy.enabled).toBe(true);
    expect(await knock(proxy.listen)).toBe('connected');
  });

  it('listens to nobody while it is disabled, and tells the address as it was given', async () => {
    const port = await rig.freePort();
    const proxy = await rig.create('p', { enabled: false, listen: `localhost:${port}` });
    expect(proxy).toMatchObject({ enabled: false, listen: `localhost:${port}` });
    expect(await knock(`127.0.0.1:${port}`)).toBe('ECONNREFUSED');
    expect((await rig.call('PATCH', '/proxies/p', { enabled: true })).body).toMatchObject({
      enabled: true,
      listen: `127.0.0.1:${port}`,
    });
    expect(await knock(`127.0.0.1:${port}`)).toBe('connected');
  });

  it('refuses a name that is taken, and looks at that before the port', async () => {
    const { listen: taken } = await rig.create('p');
    const again = await rig.call('POST', '/proxies', { name: 'p', listen: taken, upstream: rig.upstream });
    expect(again.status).toBe(409);
    expect(again.body).toEqual({ error: 'proxy already exists', status: 409 });
    await rig.call('DELETE', '/proxies/p');
    expect((await rig.create('p', { listen: taken })).listen).toBe(taken);
  });

  it('refuses a port that is taken in the words of Toxiproxy, and leaves no proxy', async () => {
    const { listen: taken } = await rig.create('p');
    const { port } = addressOf(taken);
    const answer = await rig.call('POST', '/proxies', {
      name: 'late',
      listen: `localhost:${port}`,
      upstream: rig.upstream,
    });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      error: `listen tcp 127.0.0.1:${port}: bind: address already in use`,
      status: 500,
    });
    expect((await rig.call('GET', '/proxies/late')).status).toBe(404);
  });

  it.each([
    ['203.0.113.1:1', 500, /^listen tcp 203\.0\.113\.1:1: bind: cannot assign requested address$/],
    ['no-such-host.invalid:0', 500, /lookup no-such-host\.invalid/],
    ['local373', 400, /^listen tcp: address local373: .*accepted is host:port/],
    ['127.0.0.1:99999', 400, /accepted is host:port/],
  ])('says what is wrong with listening on %s', async (address, status, error) => {
    const answer = await rig.call('POST', '/proxies', { name: 'p', listen: address, upstream: rig.upstream });
    expect(answer).toMatchObject({ status, body: { status, error: expect.stringMatching(error) } });
    expect((await rig.call('GET', '/proxies')).body).toEqual({});
  });

  it.each([
    'nonsense',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:99999',
    '::1:80',
    'unix:',
    `/${'x'.repeat(108)}`,
  ])('says what an upstream may be instead of %s', async (upstream) => {
    const answer = await rig.call('POST', '/proxies', { name: 'p', upstream });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('accepted is host:port such as 127.0.0.1:3306'), status: 400 },
    });
  });

  it('takes localhost for 127.0.0.1, no address for a free port, and no host for all of them', async () => {
    expect((await rig.create('named', { listen: 'localhost:0' })).listen).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    expect((await rig.create('silent', { listen: null })).listen).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    const open = await rig.create('open', { listen: ':0' });
    expect(open.listen).toMatch(/^\[::\]:[1-9]\d+$|^0\.0\.0\.0:[1-9]\d+$/);
    expect(await knock(`127.0.0.1:${addressOf(open.listen).port}`)).toBe('connected');
  });
});

describe.each(['POST', 'PATCH'])('changing a proxy with %s', (method) => {
  it('disables it: nothing listens and nothing stays open; and enables it on the same port', async () => {
    const { listen: address } = await rig.create('p', { listen: '127.0.0.1:0' });
    const fate = fateOf(await rig.client(address));
    const off = await rig.call(method, '/proxies/p', { enabled: false });
    expect(off).toMatchObject({ status: 200, body: { name: 'p', enabled: false, listen: address } });
    expect(await knock(address)).toBe('ECONNREFUSED');
    expect(await fate).toBe('end');
    const on = await rig.call(method, '/proxies/p', { enabled: true });
    expect(on).toMatchObject({ status: 200, body: { enabled: true, listen: address } });
    await roundTripMs(await rig.client(address));
  });

  it('does nothing where nothing differs', async () => {
    const { listen: address } = await rig.create('p');
    const socket = await rig.client(address);
    await roundTripMs(socket);
    const same = { enabled: true, listen: address, upstream: rig.upstream };
    for (const body of [{}, same, { enabled: null }, { name: 'other' }]) {
      expect(await rig.call(method, '/proxies/p', body)).toMatchObject({ status: 200, body: { name: 'p' } });
    }
    await roundTripMs(socket);
  });

  it('moves it: connections are dropped, toxics stay', async () => {
    const { listen: address } = await rig.create('p');
    await rig.call('POST', '/proxies/p/toxics', { type: 'latency', attributes: { latency: 30 } });
    const fate = fateOf(await rig.client(address));
    const port = await rig.freePort();
    const moved = await rig.call(method, '/proxies/p', { listen: `localhost:${port}` });
    expect(moved.body).toMatchObject({
      listen: `127.0.0.1:${port}`,
      enabled: true,
      toxics: [{ type: 'latency' }],
    });
    expect(await fate).toBe('end');
    expect(await knock(address)).toBe('ECONNREFUSED');
    expect(await roundTripMs(await rig.client(`127.0.0.1:${port}`))).toBeGreaterThan(28);
  });

  it('gives it another upstream: connections are dropped, toxics stay', async () => {
    const other = createServer((socket) => socket.end('other'));
    const { listen: address } = await rig.create('p');
    await rig.call('POST', '/proxies/p/toxics', { type: 'noop' });
    const fate = fateOf(await rig.client(address));
    const upstream = `127.0.0.1:${(await listen(other)).port}`;
    const changed = await rig.call(method, '/proxies/p', { upstream });
    expect(changed.body).toMatchObject({
      upstream,
      listen: address,
      enabled: true,
      toxics: [{ type: 'noop' }],
    });
    expect(await fate).toBe('end');
    const socket = await rig.client(address);
    const said = await new Promise((resolve) =>
      socket.once('data', (data: Buffer) => resolve(data.toString())),
    );
    expect(said).toBe('other');
    other.close();
  });

  it('leaves it disabled where it cannot listen, as Toxiproxy does', async () => {
    const { listen: taken } = await rig.create('first');
    await rig.create('p');
    const answer = await rig.call(method, '/proxies/p', { listen: taken });
    expect(answer.body).toEqual({ error: `listen tcp ${taken}: bind: address already in use`, status: 500 });
    expect(await rig.get('p')).toMatchObject({ enabled: false, listen: taken });
    await rig.call('DELETE', '/proxies/first');
    expect(await rig.call(method, '/proxies/p', { enabled: true })).toMatchObject({ status: 200 });
    await roundTripMs(await rig.client(taken));
  });

  it('looks for the proxy before it looks at the body', async () => {
    const answer = await rig.call(method, '/proxies/nowhere', '{');
    expect(answer.body).toEqual({ error: 'proxy not found', status: 404 });
  });
});

describe('deleting a proxy', () => {
  it('answers 204 without a body and closes everything', async () => {
    const { listen: address } = await rig.create('p');
    const fate = fateOf(await rig.client(address));
    const answer = await rig.call('DELETE', '/proxies/p');
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(await fate).toBe('end');
    expect(await knock(address)).toBe('ECONNREFUSED');
    expect((await rig.call('GET', '/proxies')).body).toEqual({});
    expect((await rig.call('DELETE', '/proxies/p')).body).toEqual({ error: 'proxy not found', status: 404 });
  });
});

describe('reset', () => {
  it('enables every proxy and removes every toxic, and answers 204 without a body', async () => {
    const off = await rig.create('off', { listen: '127.0.0.1:0' });
    const never = await rig.create('never', { enabled: false });
    const cut = await rig.create('cut');
    await rig.call('PATCH', '/proxies/off', { enabled: false });
    for (const name of ['off', 'cut']) {
      await rig.call('POST', `/proxies/${name}/toxics`, { type: 'latency', attributes: { latency: 60_000 } });
    }
    const held = await rig.client(cut.listen);
    held.write('held');
    await rig.call('POST', '/proxies/cut/toxics', { type: 'down', scope: 'new' });
    const back = new Promise((resolve) => held.once('data', (data: Buffer) => resolve(data.toString())));
    expect(await rig.call('POST', '/reset')).toMatchObject({ status: 204, text: '' });
    expect(await back).toBe('held');
    for (const { name } of [off, never, cut]) {
      const proxy = await rig.get(name);
      expect(proxy).toMatchObject({ enabled: true, toxics: [] });
      await roundTripMs(await rig.client(proxy.listen));
    }
    expect((await rig.get('off')).listen).toBe(off.listen);
  });

  it('resets the others where one cannot listen, and says which', async () => {
    const port = await rig.freePort();
    await rig.create('blocked', { listen: `127.0.0.1:${port}`, enabled: false });
    await rig.create('other', { enabled: false });
    const blocker = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const answer = await rig.call('POST', '/reset');
    expect(answer.body).toEqual({
      error: `listen tcp 127.0.0.1:${port}: bind: address already in use`,
      status: 500,
    });
    expect(await rig.get('other')).toMatchObject({ enabled: true });
    await new Promise((resolve) => blocker.close(resolve));
    expect((await rig.call('POST', '/reset')).status).toBe(204);
    expect(await rig.get('blocked')).toMatchObject({ enabled: true });
  });
});
