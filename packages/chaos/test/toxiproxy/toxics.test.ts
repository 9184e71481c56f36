import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, fateOf, readBytes, roundTripMs } from '../socket-rig.ts';
import { type ApiRig, openApiRig, type ToxicBody } from './api-rig.ts';

let rig: ApiRig;
let listen: string;
beforeAll(async () => {
  rig = await openApiRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.call('DELETE', '/proxies/p');
  ({ listen } = await rig.create('p'));
});

const TOXICS = '/proxies/p/toxics';

describe('creating a toxic', () => {
  it('answers 200, with Toxiproxy’s defaults', async () => {
    const answer = await rig.call('POST', TOXICS, { type: 'latency' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toMatchObject({
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 0, jitter: 0 },
    });
    const upstream = await rig.call('POST', TOXICS, { type: 'latency', stream: 'upstream', name: '' });
    expect(upstream.body).toMatchObject({ name: 'latency_upstream', stream: 'upstream' });
    expect((await rig.call('GET', TOXICS)).body).toEqual([answer.body, upstream.body]);
    expect((await rig.call('GET', `${TOXICS}/latency_upstream`)).body).toEqual(upstream.body);
    expect((await rig.get('p')).toxics).toEqual([answer.body, upstream.body]);
  });

  it.each([
    ['latency', { latency: 100, jitter: 10 }, {}],
    ['bandwidth', { rate: 64 }, {}],
    ['slow_close', { delay: 100 }, {}],
    ['timeout', { timeout: 100 }, {}],
    ['reset_peer', { timeout: 100 }, {}],
    ['slicer', { average_size: 64, size_variation: 32, delay: 10 }, {}],
    ['limit_data', { bytes: 1_000 }, {}],
    ['noop', {}, {}],
    ['corrupt', { byte_share: 0.5 }, {}],
    ['down', {}, {}],
    ['latency', {}, { latency: 0, jitter: 0 }],
    ['bandwidth', {}, { rate: 0 }],
    ['slow_close', {}, { delay: 0 }],
    ['timeout', {}, { timeout: 0 }],
    ['reset_peer', {}, { timeout: 0 }],
    ['slicer', { average_size: 1 }, { average_size: 1, size_variation: 0, delay: 0 }],
    ['limit_data', {}, { bytes: 0 }],
  ])('knows %s with %j', async (type, attributes, complete) => {
    const answer = await rig.call('POST', TOXICS, { type, attributes });
    expect(answer).toMatchObject({ status: 200, body: { type } });
    expect((answer.body as { attributes: unknown }).attributes).toEqual({ ...attributes, ...complete });
  });

  it('finds fault with JSON, then stream, then type, then a name that is taken, then attributes', async () => {
    await rig.call('POST', TOXICS, { name: 'taken', type: 'noop' });
    const wrong = { name: 'taken', stream: 'sideways', type: 'nonsense', attributes: { latency: -1 } };
    const inOrder = [
      [`${JSON.stringify(wrong)}}`, 400, /^bad request body: /],
      [{ ...wrong, toxicity: 'much' }, 400, /^bad request body: toxicity/],
      [wrong, 400, /^stream was invalid, can be either upstream or downstream$/],
      [{ ...wrong, stream: 'upstream' }, 400, /^invalid toxic type$/],
      [{ ...wrong, stream: 'upstream', type: 'latency' }, 409, /^toxic already exists$/],
      [
        { ...wrong, stream: 'upstream', type: 'latency', name: 'new' },
        400,
        /^bad request body: attributes\.latency: /,
      ],
    ] as const;
    for (const [body, status, error] of inOrder) {
      const answer = await rig.call('POST', TOXICS, body);
      expect(answer.body).toEqual({ error: expect.stringMatching(error), status });
      expect(answer.status).toBe(status);
    }
    expect((await rig.get('p')).toxics).toMatchObject([{ name: 'taken' }]);
  });

  it.each(['', 'sideways', 'both'])('accepts no stream %j', async (stream) => {
    expect((await rig.call('POST', TOXICS, { type: 'noop', stream })).body).toEqual({
      error: 'stream was invalid, can be either upstream or downstream',
      status: 400,
    });
  });

  it.each([undefined, '', 'nonsense', 'constructor', '__proto__'])('accepts no type %j', async (type) => {
    expect((await rig.call('POST', TOXICS, { type })).body).toEqual({
      error: 'invalid toxic type',
      status: 400,
    });
  });

  it('looks for the proxy before it looks at the body', async () => {
    for (const path of ['/proxies/nowhere/toxics', '/proxies/nowhere/toxics/any']) {
      expect((await rig.call('POST', path, '{')).body).toEqual({ error: 'proxy not found', status: 404 });
    }
  });

  it('keeps names apart from stream to stream, and from proxy to proxy', async () => {
    await rig.create('other');
    const toxic = { name: 'one', type: 'noop', stream: 'upstream' };
    expect((await rig.call('POST', TOXICS, toxic)).status).toBe(200);
    expect((await rig.call('POST', TOXICS, { ...toxic, stream: 'downstream' })).status).toBe(409);
    expect((await rig.call('POST', '/proxies/other/toxics', toxic)).status).toBe(200);
    await rig.call('DELETE', '/proxies/other');
  });

  it('works on connections that are open already', async () => {
    const socket = await rig.client(listen);
    await roundTripMs(socket);
    await rig.call('POST', TOXICS, { type: 'latency', attributes: { latency: 50 } });
    expect(await roundTripMs(socket)).toBeGreaterThan(48);
  });
});

describe('attributes out of their range', () => {
  it.each([
    ['latency', { latency: -1 }, 'attributes.latency: accepted is a number from 0 to 86400000 (ms)'],
    ['latency', { latency: '5' }, 'attributes.latency: accepted is a number from 0 to 86400000 (ms)'],
    ['latency', { jitter: 1e300 }, 'attributes.jitter: accepted is a number from 0 to 86400000 (ms)'],
    ['bandwidth', { rate: -5 }, 'attributes.rate: accepted is a number from 0 to 10737418.24'],
    ['bandwidth', { rate: 9e15 }, 'attributes.rate: accepted is a number from 0 to 10737418.24'],
    ['slow_close', { delay: true }, 'attributes.delay: accepted is a number from 0 to 86400000 (ms)'],
    ['timeout', { timeout: 86_400_001 }, 'attributes.timeout: accepted is a number from 0 to 86400000 (ms)'],
    ['reset_peer', { timeout: [] }, 'attributes.timeout: accepted is a number from 0 to 86400000 (ms)'],
    ['slicer', {}, 'attributes.average_size: accepted is a whole number from 1 to 1048576 (bytes)'],
    ['slicer', { average_size: 0 }, 'attributes.average_size: accepted is a whole number from 1 to'],
    ['slicer', { average_size: 1.5 }, 'attributes.average_size: accepted is a whole number from 1 to'],
    [
      'slicer',
      { average_size: 9, size_variation: 9 },
      'attributes.size_variation: accepted is a whole number',
    ],
    [
      'slicer',
      { average_size: 9, delay: -1 },
      'attributes.delay: accepted is a number from 0 to 86400000000 (µs)',
    ],
    [
      'limit_data',
      { bytes: -1 },
      'attributes.bytes: accepted is a whole number from 0 to 1125899906842624 (bytes)',
    ],
    ['corrupt', { byte_share: 1.01 }, 'attributes.byte_share: accepted is a number from 0 to 1'],
  ])('are refused with the range: %s %j', async (type, attributes, error) => {
    const answer = await rig.call('POST', TOXICS, { type, attributes });
    expect(answer.body).toEqual({
      error: expect.stringContaining(`bad request body: ${error}`),
      status: 400,
    });
    expect(answer.status).toBe(400);
  });

  it.each(['NaN', '1e999', '-1e999', 'Infinity', '"NaN"', '{}'])(
    'are refused when written as %s',
    async (value) => {
      const body = `{"type":"latency","attributes":{"latency":${value}}}`;
      expect(await rig.call('POST', TOXICS, body)).toMatchObject({ status: 400, body: { status: 400 } });
    },
  );

  it.each([-0.1, 1.1, 1e300])('are refused of toxicity too: %d', async (toxicity) => {
    for (const [method, path, name] of [
      ['POST', TOXICS, 'new'],
      ['PATCH', `${TOXICS}/there`, undefined],
    ] as const) {
      await rig.call('POST', TOXICS, { name: 'there', type: 'noop' });
      const answer = await rig.call(method, path, { name, type: 'noop', toxicity });
      expect(answer.body).toEqual({
        error: 'bad request body: toxicity: accepted is a number from 0 to 1',
        status: 400,
      });
    }
  });

  it('name every one that is wrong', async () => {
    const attributes = { average_size: 0, size_variation: -1 };
    const answer = await rig.call('POST', TOXICS, { type: 'slicer', attributes });
    expect(answer.text).toMatch(/attributes\.average_size: .*; attributes\.size_variation: /);
  });
});

describe.each(['POST', 'PATCH'])('changing a toxic with %s', (method) => {
  it('merges attributes and toxicity, and nothing else', async () => {
    await rig.call('POST', TOXICS, { name: 't', type: 'latency', attributes: { latency: 100, jitter: 10 } });
    const answer = await rig.call(method, `${TOXICS}/t`, {
      name: 'renamed',
      type: 'bandwidth',
      stream: 'upstream',
      toxicity: 0.5,
      attributes: { latency: 200 },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      name: 't',
      type: 'latency',
      stream: 'downstream',
      toxicity: 0.5,
      attributes: { latency: 200, jitter: 10 },
    });
    const again = await rig.call(method, `${TOXICS}/t`, { attributes: { jitter: 20 } });
    expect(again.body).toMatchObject({ toxicity: 0.5, attributes: { latency: 200, jitter: 20 } });
    expect((await rig.get('p')).toxics).toEqual([again.body]);
  });

  it('changes nothing where an attribute is wrong', async () => {
    await rig.call('POST', TOXICS, { name: 't', type: 'latency', attributes: { latency: 100 } });
    const answer = await rig.call(method, `${TOXICS}/t`, { toxicity: 0.5, attributes: { latency: -1 } });
    expect(answer.body).toEqual({
      error: 'bad request body: attributes.latency: accepted is a number from 0 to 86400000 (ms)',
      status: 400,
    });
    expect((await rig.get('p')).toxics).toMatchObject([{ toxicity: 1, attributes: { latency: 100 } }]);
  });

  it('looks for the toxic before it looks at the body', async () => {
    const answer = await rig.call(method, `${TOXICS}/nothing`, '{');
    expect(answer).toMatchObject({ status: 404, body: { error: 'toxic not found', status: 404 } });
  });

  it('works on open connections: what was held goes on, what follows has the new delay', async () => {
    await rig.call('POST', TOXICS, { name: 't', type: 'latency', attributes: { latency: 60_000 } });
    const socket = await rig.client(listen);
    const held = readBytes(socket, 4);
    socket.write('held');
    await eventually(async () => (await toxicOf('t')).hits.chunks).toBe(1);
    await rig.call(method, `${TOXICS}/t`, { attributes: { latency: 40 } });
    expect((await held).toString()).toBe('held');
    expect(await roundTripMs(socket)).toBeGreaterThan(38);
    expect((await toxicOf('t')).hits).toEqual({ connections: 1, chunks: 2 });
  });

  it('spares and meets open connections as the toxicity falls and rises', async () => {
    await rig.call('POST', TOXICS, { name: 't', type: 'latency', attributes: { latency: 60 } });
    const socket = await rig.client(listen);
    await rig.call(method, `${TOXICS}/t`, { toxicity: 0 });
    const spared = await roundTripMs(socket);
    await rig.call(method, `${TOXICS}/t`, { toxicity: 1 });
    expect(await roundTripMs(socket)).toBeGreaterThan(58);
    expect(spared).toBeLessThan(58);
  });
});

describe('deleting a toxic', () => {
  it('answers 204 without a body, and lets what is held go on', async () => {
    await rig.call('POST', TOXICS, { name: 't', type: 'latency', attributes: { latency: 60_000 } });
    const socket = await rig.client(listen);
    const held = readBytes(socket, 4);
    socket.write('held');
    await eventually(async () => (await toxicOf('t')).hits.chunks).toBe(1);
    expect(await rig.call('DELETE', `${TOXICS}/t`)).toMatchObject({ status: 204, text: '' });
    expect((await held).toString()).toBe('held');
    expect((await rig.call('DELETE', `${TOXICS}/t`)).body).toEqual({ error: 'toxic not found', status: 404 });
    expect((await rig.call('GET', `${TOXICS}/t`)).body).toEqual({ error: 'toxic not found', status: 404 });
  });

  it('closes connections that a timeout has swallowed bytes of', async () => {
    await rig.call('POST', TOXICS, { type: 'timeout', attributes: { timeout: 0 } });
    const fate = fateOf(await rig.client(listen));
    await eventually(async () => (await rig.get('p')).connections).toBe(1);
    await rig.call('DELETE', `${TOXICS}/timeout_downstream`);
    expect(await fate).toBe('end');
  });
});

async function toxicOf(name: string): Promise<ToxicBody> {
  return (await rig.call('GET', `${TOXICS}/${name}`)).body as ToxicBody;
}
