import { expect, it } from 'vitest';
import { parseRedisAddress } from './redis-address.ts';

it('reads addresses as people write them, and shows none of the password', () => {
  expect(parseRedisAddress('redis://10.0.0.5')).toMatchObject({
    host: '10.0.0.5',
    port: 6379,
    db: 0,
    isEncrypted: false,
  });
  expect(parseRedisAddress('rediss://joe:p%40ss@cache.example:6380/2')).toEqual({
    shown: 'cache.example:6380',
    host: 'cache.example',
    port: 6380,
    db: 2,
    username: 'joe',
    password: 'p@ss',
    isEncrypted: true,
  });
  expect(parseRedisAddress('redis://[::1]:7000/')).toMatchObject({
    host: '::1',
    port: 7000,
    shown: '[::1]:7000',
  });
});

it.each([
  '',
  '10.0.0.5:6379',
  'http://joe:secret@host',
  'redis://joe:secret@host/a',
  'redis://:secret@host?db=1',
])('refuses %s without repeating it', (text) => {
  expect(() => parseRedisAddress(text)).toThrow(/no address of a Redis$/);
});
