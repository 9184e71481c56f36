import { Proxy, Toxic, Toxiproxy, ToxiproxyError } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fateOf, roundTripMs } from '../socket-rig.ts';
import { type ApiRig, openApiRig } from './api-rig.ts';

/** Every operation of the published client for Node, as it comes from npm, against this proxy. */

let rig: ApiRig;
let toxiproxy: Toxiproxy;
beforeAll(async () => {
  rig = await openApiRig();
  toxiproxy = new Toxiproxy(rig.url);
});
afterAll(() => rig.close());

function body(name: string) {
  return { name, listen: 'localhost:0', upstream: rig.upstream };
}

describe('Toxiproxy', () => {
  it('tells its version', async () => {
    expect(JSON.parse(await toxiproxy.getVersion())).toEqual({ version: expect.any(String) });
    expect(toxiproxy.getApi()).toBeDefined();
  });

  it('creates, gets and lists proxies', async () => {
    const created = await toxiproxy.createProxy(body('created'));
    expect(created).toBeInstanceOf(Proxy);
    expect(created.enabled).toBe(true);
    expect(created.listen).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    await roundTripMs(await rig.client(created.listen));
    const got = await toxiproxy.get('created');
    expect(got.toJson()).toEqual(created.toJson());
    expect(got.getHost()).toBe(rig.url);
    expect(got.getToxiproxy()).toBe(toxiproxy);
    const all = await toxiproxy.getAll();
    expect(all['created']?.toJson()).toEqual(created.toJson());
  });

  it('populates', async () => {
    const proxies = await toxiproxy.populate([body('first'), { ...body('second'), enabled: false }]);
    expect(Object.keys(proxies)).toEqual(['first', 'second']);
    expect(proxies['first']?.enabled).toBe(true);
    expect(proxies['second']?.enabled).toBe(false);
  });

  it('resets', async () => {
    const proxy = await toxiproxy.createProxy({ ...body('to reset'), name: 'to-reset' });
    await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
    await proxy.addToxic({ name: 't', type: 'latency', stream: 'upstream', toxicity: 1, attributes: {} });
    await toxiproxy.reset();
    expect((await toxiproxy.get('to-reset')).enabled).toBe(true);
    await expect(proxy.getToxic('t')).rejects.toThrow('404');
  });

  it.each([
    ['a name that is taken', () => toxiproxy.createProxy(body('created')), '409'],
    ['a missing name', () => toxiproxy.createProxy(body('')), '400'],
    ['a proxy that is not there', () => toxiproxy.get('nowhere'), '404'],
  ])('rejects for %s', async (_, call, status) => {
    const failed = call();
    await expect(failed).rejects.toBeInstanceOf(ToxiproxyError);
    await expect(failed).rejects.toThrow(`Request failed with status code ${status}`);
  });
});

describe('Proxy', () => {
  it('updates and removes itself', async () => {
    const proxy = await toxiproxy.createProxy(body('updated'));
    const fate = fateOf(await rig.client(proxy.listen));
    const off = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
    expect(off).toBeInstanceOf(Proxy);
    expect(off.enabled).toBe(false);
    expect(await fate).toBe('end');
    await expect(rig.client(proxy.listen)).rejects.toThrow('ECONNREFUSED');
    const on = await off.update({ enabled: true, listen: proxy.listen, upstream: proxy.upstream });
    expect(on.listen).toBe(proxy.listen);
    await roundTripMs(await rig.client(on.listen));
    await on.remove();
    await expect(toxiproxy.get('updated')).rejects.toThrow('404');
  });

  it.each([
    ['latency', { latency: 10, jitter: 5 }],
    ['bandwidth', { rate: 100 }],
    ['slow_close', { delay: 10 }],
    ['timeout', { timeout: 10 }],
    ['slicer', { average_size: 10, size_variation: 5, delay: 10 }],
    ['reset_peer', { timeout: 10 }],
    ['limit_data', { bytes: 10 }],
    ['down', {}],
  ] as const)('adds, gets and removes a toxic of type %s', async (type, attributes) => {
    const proxy = await toxiproxy.createProxy(body(`with-${type}`));
    const toxic = await proxy.addToxic({ name: 't', type, stream: 'downstream', toxicity: 1, attributes });
    expect(toxic).toBeInstanceOf(Toxic);
    const json = { name: 't', type, stream: 'downstream', toxicity: 1, attributes };
    expect(toxic.toJson()).toEqual(json);
    expect((await proxy.getToxic('t')).toJson()).toEqual(json);
    await toxic.remove();
    await expect(proxy.getToxic('t')).rejects.toThrow('404');
    await roundTripMs(await rig.client(proxy.listen));
  });
});

describe('Toxic', () => {
  it('updates itself, and the connection feels it', async () => {
    const proxy = await toxiproxy.createProxy(body('felt'));
    const socket = await rig.client(proxy.listen);
    const whole = { name: 't', type: 'latency', stream: 'downstream', toxicity: 1 } as const;
    const toxic = await proxy.addToxic({ ...whole, attributes: { latency: 0, jitter: 0 } });
    await roundTripMs(socket);
    const updated = await toxic.update({ ...whole, attributes: { latency: 60, jitter: 0 } });
    expect(updated.attributes).toEqual({ latency: 60, jitter: 0 });
    expect(await roundTripMs(socket)).toBeGreaterThan(58);
    expect(updated.getPath()).toBe(`${rig.url}/proxies/felt/toxics/t`);
  });
});
