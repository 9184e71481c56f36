import { expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

it.each([
  ['198.51.100.7', '127.0.0.1', '198.51.100.7'],
  ['6.6.6.6, 198.51.100.7', '127.0.0.1', '198.51.100.7'],
  ['198.51.100.7, not an address', '127.0.0.1', '127.0.0.1'],
  ['', '127.0.0.1', '127.0.0.1'],
  [undefined, '::ffff:127.0.0.1', '127.0.0.1'],
  [undefined, undefined, ''],
])('takes %j from %j for %s', (forwardedFor, peer, address) => {
  expect(clientAddress(forwardedFor, peer)).toBe(address);
});

it.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('counts %s by its network %s', (address, network) => {
  expect(clientAddress(undefined, address)).toBe(network);
});
