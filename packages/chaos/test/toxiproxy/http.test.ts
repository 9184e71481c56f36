import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, openApiRig } from './api-rig.ts';

let rig: ApiRig;
beforeAll(async () => {
  rig = await openApiRig();
  await rig.create('there');
  await rig.call('POST', '/proxies/there/toxics', { name: 'slow', type: 'latency' });
});
afterAll(() => rig.close());

describe('whatever is asked', () => {
  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', undefined])(
    'reads JSON from a body of type %s',
    async (type) => {
      const name = `typed-${type?.replace('/', '-') ?? 'none'}`;
      const headers = type === undefined ? {} : { 'content-type': type };
      const body = { name, upstream: rig.upstream };
      expect((await rig.call('POST', '/proxies', body, headers)).status).toBe(201);
    },
  );

  it.each([
    ['POST', '/proxies', { name: 'with-more', upstream: '127.0.0.1:1', colour: 'blue' }, 201],
    ['PATCH', '/proxies/there', { colour: 'blue' }, 200],
    [
      'POST',
      '/populate',
      [{ name: 'with-more', listen: '127.0.0.1:0', upstream: '127.0.0.1:1', colour: 1 }],
      201,
    ],
    ['POST', '/proxies/there/toxics', { type: 'noop', colour: 'blue', attributes: { hue: 7 } }, 200],
    ['PATCH', '/proxies/there/toxics/slow', { colour: 'blue', attributes: { hue: 7 } }, 200],
    ['POST', '/reset', { colour: 'blue' }, 204],
  ])('ignores fields that it does not know: %s %s', async (method, path, body, status) => {
    const answer = await rig.call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('blue');
    expect(answer.text).not.toContain('hue');
    await rig.call('POST', '/proxies/there/toxics', { name: 'slow', type: 'latency' });
  });

  it('takes names of fields in any case, and null for absent, as the decoder of Toxiproxy does', async () => {
    const answer = await rig.call('POST', '/proxies/there/toxics', {
      Name: 'shouted',
      TYPE: 'latency',
      Stream: null,
      toxicity: null,
      Attributes: { Latency: 5, jitter: null },
    });
    expect(answer.body).toMatchObject({
      name: 'shouted',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 5, jitter: 0 },
    });
  });

  it('answers an error as JSON with the message and the status, and nothing else', async () => {
    const answer = await rig.call('GET', '/proxies/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toEqual({ error: 'proxy not found', status: 404 });
  });

  it.each(['GET /version', 'GET /proxies', 'POST /reset', 'DELETE /proxies/there', 'GET /elsewhere'])(
    'lets no browser in: %s',
    async (request) => {
      const [method = '', path = ''] = request.split(' ');
      const answer = await rig.call(method, path, undefined, { 'user-agent': 'Mozilla/5.0 (X11; Linux)' });
      expect(answer).toMatchObject({ status: 403, body: { error: expect.any(String), status: 403 } });
      expect((await rig.get('there')).name).toBe('there');
    },
  );

  it.each(['curl/8.5', 'Go-http-client/1.1', 'NotMozilla/5.0', ''])('lets %s in', async (agent) => {
    expect((await rig.call('GET', '/version', undefined, { 'user-agent': agent })).status).toBe(200);
  });
});

describe('a path', () => {
  it.each([
    '/',
    '/elsewhere',
    '/proxies/',
    '/proxies/there/',
    '/proxies/there/elsewhere',
    '/proxies/there/toxics/',
    '/proxies/there/toxics/slow/more',
    '/version/1',
    '/populate/there',
  ])('that there is not is 404: %s', async (path) => {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
      expect(await rig.call(method, path)).toMatchObject({ status: 404, body: { status: 404 } });
    }
  });

  it.each([
    ['/version', ['GET']],
    ['/metrics', ['GET']],
    ['/reset', ['POST']],
    ['/populate', ['POST']],
    ['/proxies', ['GET', 'POST']],
    ['/proxies/there', ['GET', 'POST', 'PATCH', 'DELETE']],
    ['/proxies/there/toxics', ['GET', 'POST']],
    ['/proxies/there/toxics/slow', ['GET', 'POST', 'PATCH', 'DELETE']],
  ])('%s takes only %j, whether or not what it names is there', async (path, allowed) => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    for (const method of methods.filter((other) => !allowed.includes(other))) {
      for (const asked of [path, path.replace('there', 'nowhere')]) {
        const answer = await rig.call(method, asked);
        expect(answer).toMatchObject({ status: 405, body: { status: 405, error: expect.any(String) } });
        expect(answer.headers.allow).toBe(allowed.join(', '));
      }
    }
  });

  it('may name a proxy with any characters', async () => {
    await rig.create('orders->maria db/1?');
    const path = `/proxies/${encodeURIComponent('orders->maria db/1?')}`;
    expect((await rig.call('GET', path)).body).toMatchObject({ name: 'orders->maria db/1?' });
    expect((await rig.call('DELETE', path)).status).toBe(204);
    expect(await rig.call('GET', '/proxies/%E0%A4%A')).toMatchObject({ status: 400 });
  });
});

describe('a body', () => {
  it.each([
    ['POST', '/proxies'],
    ['PATCH', '/proxies/there'],
    ['POST', '/populate'],
    ['POST', '/proxies/there/toxics'],
    ['PATCH', '/proxies/there/toxics/slow'],
  ])('that is no JSON, or not of its kind, is 400: %s %s', async (method, path) => {
    for (const body of ['', '{', 'nonsense', '"text"', '7', path === '/populate' ? '{}' : '[]']) {
      const answer = await rig.call(method, path, body);
      expect(answer).toMatchObject({
        status: 400,
        body: { status: 400, error: expect.stringMatching(/^bad request body: ./) },
      });
    }
  });

  it('without an end is refused, and so are headers', async () => {
    expect((await rig.call('POST', '/proxies', `"${'x'.repeat(1_100_000)}"`)).status).toBe(413);
    const headers = { 'x-long': 'x'.repeat(10_000) };
    expect((await rig.call('GET', '/version', undefined, headers)).status).toBe(431);
    expect((await rig.call('GET', '/version')).status).toBe(200);
  });

  it('that is not sent to its end keeps nobody else waiting', async () => {
    const stuck = Array.from({ length: 20 }, () => {
      const socket = connect(rig.address.port, rig.address.host);
      socket
        .on('error', () => undefined)
        .write('POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{');
      return socket;
    });
    expect((await rig.call('GET', '/version')).status).toBe(200);
    for (const socket of stuck) socket.destroy();
  });
});

describe('figures', () => {
  it('tells a version that clients can parse', async () => {
    const answer = await rig.call('GET', '/version');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual({ version: expect.stringMatching(/^2\.\d+\.\d+\+stormcart/) });
  });

  it('tells what was carried in the format, and under the names, of Toxiproxy', async () => {
    const proxy = await rig.create('metered');
    await rig.call('POST', '/proxies/metered/toxics', { name: 'counted', type: 'noop' });
    const socket = await rig.client(proxy.listen);
    const back = new Promise((resolve) => socket.once('data', resolve));
    socket.write('hello');
    await back;
    const answer = await rig.call('GET', '/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const labels = `proxy="metered",listener="${proxy.listen}",upstream="${rig.upstream}"`;
    for (const direction of ['upstream', 'downstream']) {
      for (const name of ['received', 'sent']) {
        const line = `toxiproxy_proxy_${name}_bytes_total{direction="${direction}",${labels}} 5`;
        expect(answer.text.split('\n')).toContain(line);
      }
    }
    expect(answer.text).toContain('# TYPE toxiproxy_proxy_received_bytes_total counter\n');
    expect(answer.text).toContain('stormcart_proxy_connections{proxy="metered"} 1\n');
    expect(answer.text).toContain('stormcart_toxic_hit_chunks_total{proxy="metered",toxic="counted"} 1\n');
    expect(answer.text.endsWith('\n')).toBe(true);
  });
});
