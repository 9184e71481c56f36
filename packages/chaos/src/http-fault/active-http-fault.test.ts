import { type AttributeValues, HeaderList, type RequestHead } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { completeAttributes } from '../fault/complete-attributes.ts';
import { ActiveHttpFault, type Befallen } from './active-http-fault.ts';
import { type HttpFaultName, httpFaultNames, httpFaultTable } from './http-fault-table.ts';

function fault(kind: HttpFaultName, given: AttributeValues = {}, seed = 'seed', name = 'f'): ActiveHttpFault {
  const { attributes, problems } = completeAttributes(httpFaultTable[kind], given);
  expect(problems).toEqual([]);
  return new ActiveHttpFault({ name, kind, proxies: ['a', 'b'], attributes, ttlMs: 1_000, seed });
}

type Asked = Pick<RequestHead, 'method' | 'target' | 'headers'>;

function request(method: string, target: string, fields: Readonly<Record<string, string>> = {}): Asked {
  const headers = Object.entries(fields).map(([name, value]) => ({ name, key: name.toLowerCase(), value }));
  return { method, target, headers: new HeaderList(headers) };
}

describe('the requests that a fault is meant for', () => {
  const order = request('POST', '/api/orders/7?full=yes', { 'X-Customer': 'vip-7', 'x-b': '' });

  it.each<[AttributeValues, boolean]>([
    [{}, true],
    [{ route: '*' }, true],
    [{ route: '/api/orders*' }, true],
    [{ route: 'POST /api/orders/*' }, true],
    [{ route: '* /api/orders/7' }, true],
    [{ route: 'P* */7' }, true],
    [{ route: 'GET /api/orders*' }, false],
    [{ route: '/api/orders' }, false],
    [{ route: '/api/orders/7?full=*' }, true],
    [{ route: '/api/orders/7?full=no' }, false],
    [{ method: 'POST' }, true],
    [{ method: 'P*' }, true],
    [{ method: 'GET' }, false],
    [{ route: 'POST *', method: 'GET' }, false],
    [{ header: 'x-customer' }, true],
    [{ header: 'X-CUSTOMER=vip*' }, true],
    [{ header: 'x-customer=*8' }, false],
    [{ header: 'x-b=' }, true],
    [{ header: 'x-customer=' }, false],
    [{ header: 'x-other' }, false],
    [{ header: 'x-*=vip-7' }, true],
  ])('%j: %s', (attributes, isMeant) => {
    expect(fault('abort', attributes).draw('a', order) !== undefined).toBe(isMeant);
  });

  it('are told by their paths in whatever form they come', () => {
    const only = fault('abort', { route: '/a' });
    expect(only.draw('a', request('GET', 'http://shop:80/a'))).toBeDefined();
    expect(only.draw('a', request('GET', '/a?b'))).toBeDefined();
    expect(only.draw('a', request('OPTIONS', '*'))).toBeUndefined();
  });

  it('come from its own links', () => {
    expect(fault('abort').draw('c', order)).toBeUndefined();
  });
});

describe('a share of the requests', () => {
  const picked = (some: ActiveHttpFault, proxy = 'a', count = 1_000): readonly boolean[] =>
    Array.from({ length: count }, () => some.draw(proxy, request('GET', '/')) !== undefined);

  it('is drawn alike for the same seed, name and link, and otherwise not', () => {
    const first = picked(fault('abort', { share: 0.3 }));
    expect(picked(fault('abort', { share: 0.3 }))).toEqual(first);
    expect(picked(fault('abort', { share: 0.3 }), 'b')).not.toEqual(first);
    expect(picked(fault('abort', { share: 0.3 }, 'other'))).not.toEqual(first);
    expect(picked(fault('abort', { share: 0.3 }, 'seed', 'g'))).not.toEqual(first);
    // 5 standard deviations of a binomial distribution.
    expect(Math.abs(first.filter(Boolean).length - 300)).toBeLessThan(73);
  });

  it('does not depend on what is asked on other links, on what does not match, or on a limit', () => {
    const first = picked(fault('abort', { share: 0.3 }));
    const disturbed = fault('abort', { share: 0.3, max_active: 1, route: '/' });
    const befallen: Befallen = { onFaultEnd: () => undefined };
    const seen = first.map((_, index) => {
      disturbed.draw('b', request('GET', '/'));
      disturbed.draw('a', request('GET', '/other'));
      if (index % 2 === 0) disturbed.letGo(befallen);
      const effect = disturbed.draw('a', request('GET', '/'));
      if (index % 2 === 0) disturbed.befall(befallen);
      return index % 2 === 0 ? effect !== undefined : undefined;
    });
    expect(seen.map((each, index) => each ?? first[index])).toEqual(first);
  });

  it('is nothing once the fault is over', () => {
    const over = fault('abort');
    over.end();
    expect(picked(over, 'a', 10)).not.toContain(true);
  });
});

it('lets those that it befalls know of its end', () => {
  const some = fault('delay', { delay: 5 });
  const ended: string[] = [];
  const befallen = (name: string): Befallen => ({ onFaultEnd: () => ended.push(name) });
  const [left, stayed] = [befallen('left'), befallen('stayed')];
  some.befall(left);
  some.befall(stayed);
  some.letGo(left);
  expect(some.activeCount).toBe(1);
  some.end();
  expect(ended).toEqual(['stayed']);
});

describe('what each kind does', () => {
  const effect = (kind: HttpFaultName, attributes: AttributeValues = {}) =>
    fault(kind, attributes).draw('a', request('GET', '/'));

  it('follows from its settings', () => {
    expect(effect('abort')).toEqual({
      kind: 'answer',
      status: 503,
      retryAfterS: undefined,
      isDelivered: false,
    });
    expect(effect('abort', { status: 429, retry_after: 1_001, request: 'delivered' })).toEqual({
      kind: 'answer',
      status: 429,
      retryAfterS: 2,
      isDelivered: true,
    });
    expect(effect('delay', { delay: 5 })).toEqual({ kind: 'hold', part: 'request', ms: 5 });
    expect(effect('wrong_body', { body: 'ö' })).toEqual({ kind: 'replaceBody', body: Buffer.from('ö') });
    expect(effect('cut_body')).toEqual({ kind: 'cutBody', keep: 0.5 });
    expect(effect('lose_reply', { ending: 'reset' })).toEqual({ kind: 'swallow', ending: 'reset' });
  });

  it('never delays by less than nothing', () => {
    const jittery = fault('delay', { delay: 10, jitter: 50 });
    const delays = Array.from({ length: 200 }, () => {
      const drawn = jittery.draw('a', request('GET', '/'));
      return drawn?.kind === 'hold' ? drawn.ms : Number.NaN;
    });
    expect(Math.min(...delays)).toBe(0);
    expect(Math.max(...delays)).toBeGreaterThan(50);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60);
  });

  it.each(httpFaultNames)('%s describes each setting and refuses a wrong one', (kind) => {
    for (const [name, attribute] of Object.entries(httpFaultTable[kind].attributes)) {
      expect(attribute.about).not.toBe('');
      const wrong = attribute.kind === 'text' ? '' : 'no such word';
      const { problems } = completeAttributes(httpFaultTable[kind], { delay: 1, [name]: wrong });
      expect(problems.some(({ message }) => message.startsWith(name))).toBe(true);
    }
  });

  it.each([
    ['route', 'post /a'],
    ['route', 'api/orders'],
    ['route', 'POST/api'],
    ['route', '/a b'],
    ['method', 'get'],
    ['method', 'GET POST'],
    ['header', 'a b'],
    ['header', '=x'],
  ])('refuses the %s %j', (name, value) => {
    expect(completeAttributes(httpFaultTable.abort, { [name]: value }).problems).toMatchObject([
      { message: `${name} is ${value}`, accepted: expect.stringContaining('such as') },
    ]);
  });
});
