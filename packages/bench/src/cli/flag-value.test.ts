import { describe, expect, it } from 'vitest';
import { listenAddress } from './flag-value.ts';

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:9464', '127.0.0.1', 9_464],
    ['localhost:0', 'localhost', 0],
    ['[::1]:80', '::1', 80],
  ])('is read from %s', (text, host, port) => {
    expect(listenAddress(text)).toEqual({ host, port });
  });

  it.each(['9464', 'localhost', '127.0.0.1:', ':1', '127.0.0.1:99999', '::1:80', 'http://a:1'])(
    'is not %s',
    (text) => {
      expect(() => listenAddress(text)).toThrow(/127\.0\.0\.1:9464/);
    },
  );
});
