import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fateOf, roundTripMs } from '../socket-rig.ts';
import { type ApiRig, openApiRig, type ProxyBody } from './api-rig.ts';

let rig: ApiRig;
beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

async function names(): Promise<readonly string[]> {
  return Object.keys((await rig.call('GET', '/proxies')).body as object);
}

describe('populate', () => {
  it('answers 201 with the proxies in the order in which they were given', async () => {
    const answer = await rig.call('POST', '/populate', [
      { name: 'one', listen: 'localhost:0', upstream: rig.upstream },
      { name: 'two', listen: '127.0.0.1:0', upstream: rig.upstream, enabled: false },
      { name: 'three', listen: '127.0.0.1:0', upstream: rig.upstream, enabled: null },
    ]);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      proxies: [
        expect.objectContaining({ name: 'one', enabled: true, toxics: [], upstream: rig.upstream }),
        expect.objectContaining({ name: 'two', enabled: false, listen: '127.0.0.1:0' }),
        expect.objectContaining({ name: 'three', enabled: true }),
      ],
    });
    const [one] = (answer.body as { proxies: readonly ProxyBody[] }).proxies;
    await roundTripMs(await rig.client(one?.listen ?? ''));
  });

  it('takes an empty array', async () => {
    expect(await rig.call('POST', '/populate', [])).toMatchObject({ status: 201, body: { proxies: [] } });
  });

  it.each([
    [[{ upstream: 'a:1' }], 'missing required field: name at proxy 1'],
    [
      [
        { name: 'one', upstream: 'a:1' },
        { name: '', upstream: '' },
      ],
      'missing required field: name at proxy 2',
    ],
    [[{ name: 'one', upstream: 'a:1' }, { name: 'two' }], 'missing required field: upstream at proxy 2'],
    [
      [
        { name: 'one', upstream: 'a:1' },
        { name: 'one', upstream: 'a:1' },
      ],
      'bad request body: duplicate proxy name one at proxy 2',
    ],
    [
      [
        { name: 'one', upstream: 'a:1' },
        { name: 'two', upstream: 7 },
      ],
      'bad request body: proxy 2.upstream: Invalid input: expected string, received number',
    ],
  ])('looks at everything before it changes anything: %j', async (body, error) => {
    const answer = await rig.call('POST', '/populate', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error, status: 400 });
    expect(await names()).toEqual([]);
  });

  it('leaves a proxy with the same addresses untouched, connections, toxics and all', async () => {
    const { listen } = await rig.create('one');
    await rig.call('POST', '/proxies/one/toxics', { name: 'kept', type: 'noop' });
    const socket = await rig.client(listen);
    await roundTripMs(socket);
    for (const same of [listen, listen.replace('127.0.0.1', 'localhost')]) {
      const body = [
        { name: 'one', listen: same, upstream: rig.upstream, enabled: false, toxics: [{ type: 'down' }] },
      ];
      const answer = await rig.call('POST', '/populate', body);
      expect(answer.body).toMatchObject({ proxies: [{ listen, enabled: true, toxics: [{ name: 'kept' }] }] });
    }
    await roundTripMs(socket);
  });

  it.each(['listen', 'upstream'])('replaces a proxy with another %s, without its toxics', async (field) => {
    const { listen } = await rig.create('one');
    await rig.call('POST', '/proxies/one/toxics', { type: 'noop' });
    const fate = fateOf(await rig.client(listen));
    const changed = field === 'listen' ? `127.0.0.1:${await rig.freePort()}` : '127.0.0.1:9';
    const answer = await rig.call('POST', '/populate', [
      { name: 'one', listen, upstream: rig.upstream, [field]: changed },
    ]);
    expect(answer).toMatchObject({ status: 201, body: { proxies: [{ [field]: changed, toxics: [] }] } });
    expect(await fate).toBe('end');
  });

  it('ignores toxics, right or wrong', async () => {
    const answer = await rig.call('POST', '/populate', [
      { name: 'one', listen: '127.0.0.1:0', upstream: rig.upstream, toxics: [{ type: 'latency' }] },
      { name: 'two', listen: '127.0.0.1:0', upstream: rig.upstream, toxics: [{ type: 'nonsense' }] },
    ]);
    expect(answer).toMatchObject({ status: 201, body: { proxies: [{ toxics: [] }, { toxics: [] }] } });
  });

  it.each([
    ['local373', 400, /address local373/],
    ['TAKEN', 500, /^listen tcp 127\.0\.0\.1:\d+: bind: address already in use$/],
  ])('keeps what came before a failure, and answers both: %s', async (bad, status, error) => {
    const { listen: taken } = await rig.create('before');
    const answer = await rig.call('POST', '/populate', [
      { name: 'one', listen: '127.0.0.1:0', upstream: rig.upstream },
      { name: 'two', listen: bad === 'TAKEN' ? taken : bad, upstream: rig.upstream },
      { name: 'three', listen: '127.0.0.1:0', upstream: rig.upstream },
    ]);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: expect.stringMatching(error),
      status,
      proxies: [expect.objectContaining({ name: 'one' })],
    });
    expect(await names()).toEqual(['before', 'one']);
    await roundTripMs(await rig.client((await rig.get('one')).listen));
  });
});
