import type { RequestSpec } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createRequestWriter } from './request-writer.ts';

const writer = createRequestWriter('shop:80');

const get: RequestSpec = { route: 'product', method: 'GET', path: '/api/product?id=1', expect: () => true };

it('writes a request without a body', () => {
  expect(writer.bytesOf({ ...get, headers: { Accept: '*/*' } }, 'run-7')).toBe(
    'GET /api/product?id=1 HTTP/1.1\r\nHost: shop:80\r\nX-Request-Id: run-7\r\nAccept: */*\r\n\r\n',
  );
});

it('writes a body as JSON with its length in bytes', () => {
  const bytes = writer.bytesOf({ ...get, method: 'PUT', path: '/', body: { name: 'Käse' } }, 'run-7');
  expect(bytes.toString()).toBe(
    'PUT / HTTP/1.1\r\nHost: shop:80\r\nX-Request-Id: run-7\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"name":"Käse"}',
  );
});

it('says that a POST without a body has none', () => {
  expect(writer.bytesOf({ ...get, method: 'POST' }, 'run-7')).toContain('Content-Length: 0\r\n');
});

it.each([
  [{ path: '/a b' }],
  [{ path: 'no-slash' }],
  [{ path: '/a\r\nX-Evil: 1' }],
  [{ headers: { 'X-Token': 'a\r\nX-Evil: 1' } }],
  [{ headers: { 'X Token': 'a' } }],
])('refuses %j, which would be read as something else', (more) => {
  expect(() => writer.bytesOf({ ...get, ...more }, 'run-7')).toThrow(
    expect.objectContaining({ code: 'UNSENDABLE_REQUEST' }),
  );
});

it('puts a request that nobody can change together once, and any other anew', () => {
  let lookedAt = 0;
  const counting = (path: string): RequestSpec => ({
    ...get,
    get path() {
      lookedAt += 1;
      return path;
    },
  });
  const [fixed, open] = [Object.freeze(counting('/fixed')), counting('/open')];
  const first = writer.bytesOf(fixed, 'run-1');
  const once = lookedAt;
  expect(writer.bytesOf(fixed, 'run-2')).toBe(String(first).replace('run-1', 'run-2'));
  expect(lookedAt).toBe(once);
  for (const id of ['run-3', 'run-4']) writer.bytesOf(open, id);
  expect(lookedAt).toBe(3 * once);
});

it('looks again at a frozen request whose headers or body may still change', () => {
  const headers: Record<string, string> = { 'X-Turn': '1' };
  const body = { turn: 1 };
  const spec = Object.freeze({ ...get, method: 'PUT' as const, headers, body });
  writer.bytesOf(spec, 'run-1');
  headers['X-Turn'] = '2';
  body.turn = 2;
  expect(writer.bytesOf(spec, 'run-2')).toMatch(/X-Turn: 2[^]*\{"turn":2\}/);
});
