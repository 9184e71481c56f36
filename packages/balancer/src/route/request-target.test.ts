import { HeaderList, type RequestHead } from '@stormcart/core';
import { expect, it } from 'vitest';
import { targetOf } from './request-target.ts';

const request = (target: string, host?: string): RequestHead => ({
  kind: 'request',
  startLine: `GET ${target} HTTP/1.1`,
  method: 'GET',
  target,
  minorVersion: 1,
  headers: new HeaderList(host === undefined ? [] : [{ name: 'Host', key: 'host', value: host }]),
  framing: { kind: 'none' },
  keepsAlive: true,
  bytes: 0,
});

it.each([
  ['/a/b?c=d', 'shop', { path: '/a/b', forwarded: '/a/b?c=d', authority: 'shop' }],
  ['/a', undefined, { path: '/a', forwarded: '/a', authority: undefined }],
  ['/a', '[::1]:8080', { path: '/a', forwarded: '/a', authority: '[::1]:8080' }],
  ['/a', '[::ffff:127.0.0.1]', { path: '/a', forwarded: '/a', authority: '[::ffff:127.0.0.1]' }],
  ['/a', '', { path: '/a', forwarded: '/a', authority: '' }],
  ['http://[::1]:80/a?b', 'other', { path: '/a', forwarded: '/a?b', authority: '[::1]:80' }],
  ['HTTP://shop:8080', 'shop', { path: '/', forwarded: '/', authority: 'shop:8080' }],
  ['http://shop?q=1', 'shop', { path: '/', forwarded: '/?q=1', authority: 'shop' }],
  ['*', 'shop', { path: '*', forwarded: '*', authority: 'shop' }],
  ['/.well-known/x', 'shop', { path: '/.well-known/x', forwarded: '/.well-known/x', authority: 'shop' }],
  ['/a..b/c?up=../x', 'shop', { path: '/a..b/c', forwarded: '/a..b/c?up=../x', authority: 'shop' }],
])('understands %s with host %s', (target, host, expected) => {
  expect(targetOf(request(target, host))).toEqual(expected);
});

it.each([
  ['/a', '::1'],
  ['/a', '[::1'],
  ['/a', 'shop:80:90'],
  ['/a', 'shop/evil'],
  ['/a', 'user@shop'],
  ['/a', 'one, two'],
  ['http://user@shop/a', 'shop'],
  ['ftp://shop/a', 'shop'],
  ['shop:443', 'shop'],
  ['/a#b', 'shop'],
  ['/api/../metrics', 'shop'],
  ['/api/%2e%2E/metrics', 'shop'],
  ['/api/.', 'shop'],
  ['http://shop/../x', 'shop'],
])('refuses %s with host %s', (target, host) => {
  expect(typeof targetOf(request(target, host))).toBe('string');
});
