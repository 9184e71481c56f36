import type { RequestSpec } from '@stormcart/core';
import { expect, it } from 'vitest';
import { requestBytes } from './request-bytes.ts';

const get: RequestSpec = { route: 'product', method: 'GET', path: '/api/product?id=1', expect: () => true };

it('writes a request without a body', () => {
  expect(requestBytes('127.0.0.1:80', 'run-7', { ...get, headers: { Accept: '*/*' } }).toString()).toBe(
    'GET /api/product?id=1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-Request-Id: run-7\r\nAccept: */*\r\n\r\n',
  );
});

it('writes a body as JSON with its length in bytes', () => {
  const bytes = requestBytes('shop', 'run-7', { ...get, method: 'PUT', path: '/', body: { name: 'Käse' } });
  expect(bytes.toString()).toBe(
    'PUT / HTTP/1.1\r\nHost: shop\r\nX-Request-Id: run-7\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"name":"Käse"}',
  );
});

it('says that a POST without a body has none', () => {
  expect(requestBytes('shop', 'run-7', { ...get, method: 'POST' }).toString()).toContain(
    'Content-Length: 0\r\n',
  );
});

it.each([
  [{ path: '/a b' }],
  [{ path: 'no-slash' }],
  [{ path: '/a\r\nX-Evil: 1' }],
  [{ headers: { 'X-Token': 'a\r\nX-Evil: 1' } }],
  [{ headers: { 'X Token': 'a' } }],
])('refuses %j, which would be read as something else', (more) => {
  expect(() => requestBytes('shop', 'run-7', { ...get, ...more })).toThrow(
    expect.objectContaining({ code: 'UNSENDABLE_REQUEST' }),
  );
});
