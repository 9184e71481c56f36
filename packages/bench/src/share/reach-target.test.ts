import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { reachTarget } from './reach-target.ts';
import { isLoopback, thisMachine } from './this-machine.ts';

it('lets nobody begin who is not on the machine whose own address is loaded, or cannot connect', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const here = (await thisMachine()) ?? 'unknown';
  await expect(reachTarget({ url, machine: here })).resolves.toBeUndefined();
  await expect(reachTarget({ url })).resolves.toBeUndefined();
  await expect(reachTarget({ url, machine: `${here}0` })).rejects.toThrow('and this is another one');
  await new Promise((resolve) => server.close(resolve));
  await expect(reachTarget({ url, machine: here })).rejects.toThrow(`${url} cannot be reached`);
});

it.each([
  ['http://127.0.0.1:8080/', true],
  ['https://127.9.0.1/', true],
  ['http://localhost/', true],
  ['http://[::1]:80/', true],
  ['http://10.0.0.7/', false],
  ['http://shop.example/', false],
])('knows whether %s is an address of its own on every machine', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});
