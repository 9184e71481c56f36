import { expect, it } from 'vitest';
import { parseResponseHead } from './message-head.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n';

it('reads the same head anew when something else was asked, or another limit holds', () => {
  expect(parseResponseHead(HEAD, 20, 'GET').framing).toEqual({ kind: 'length', bytes: 7 });
  expect(parseResponseHead(HEAD, 20, 'HEAD').framing).toEqual({ kind: 'none' });
  expect(parseResponseHead(HEAD, 20, 'GET').framing).toEqual({ kind: 'length', bytes: 7 });
  expect(() => parseResponseHead(HEAD, 1, 'GET')).toThrow('more than 1 header fields');
  expect(parseResponseHead(HEAD.replace('7', '8'), 20, 'GET').framing).toEqual({ kind: 'length', bytes: 8 });
});

it.each([
  ['HTTP/1.1 204', 204],
  ['HTTP/1.0 301 Moved Permanently', 301],
  ['HTTP/1.1 599 \t\u00e9', 599],
])('reads %j', (line, status) => {
  expect(parseResponseHead(`${line}\r\n`, 20, 'GET').status).toBe(status);
});

it.each([
  'HTTP/1.1 099 x',
  'HTTP/1.1 20 x',
  'HTTP/1.1 2000',
  'HTTP/1.1 200x',
  'HTTP/1.1  200',
  'HTTP/1.1 200 \u0001',
])('refuses %j', (line) => {
  expect(() => parseResponseHead(`${line}\r\n`, 20, 'GET')).toThrow(
    expect.objectContaining({ code: 'BAD_START_LINE' }),
  );
});
