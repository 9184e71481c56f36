import { expect, it } from 'vitest';
import { addressText, parseAddress } from './address.ts';
import { parseUpstream } from './upstream.ts';

it.each([
  ['127.0.0.1:8474', { host: '127.0.0.1', port: 8474 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  [':3306', { host: '', port: 3_306 }],
])('reads %s, and writes it again', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(addressText(address)).toBe(text);
});

it.each([
  '',
  'host',
  'host:',
  ':',
  'host:65536',
  'host:-1',
  'host:1e3',
  '::1:80',
  '[::1]',
  '[host]:1',
  'a b:1',
  'a:1:2',
  '127.0.0.1:80\n',
])('finds no address in %j', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

it.each([
  ['unix:/run/redis.sock', { path: '/run/redis.sock' }],
  ['/run/redis.sock', { path: '/run/redis.sock' }],
  ['[fe80::1]:80', { host: 'fe80::1', port: 80 }],
  ['mongodb:27017', { host: 'mongodb', port: 27_017 }],
])('reads the upstream %s', (text, target) => {
  expect(parseUpstream(text)).toEqual({ text, target });
});

it.each(['', 'unix:', 'unix:relative', 'host:0', ':80', `/${'x'.repeat(107)}`])(
  'finds no upstream in %j',
  (text) => {
    expect(parseUpstream(text)).toBeUndefined();
  },
);
