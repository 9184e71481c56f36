import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { leasePort, tryLease } from './port-lease.ts';

it('never gives the same port twice while leased, and gives it again after close', async () => {
  const leases = await Promise.all(Array.from({ length: 50 }, () => leasePort()));
  expect(new Set(leases.map((lease) => lease.port)).size).toBe(50);
  const [first] = leases;
  if (first === undefined) throw new Error('no lease');
  expect(await tryLease(first.port)).toBeUndefined();
  await Promise.all(leases.map((lease) => lease.close()));
  const again = await tryLease(first.port);
  expect(again?.port).toBe(first.port);
  await again?.close();
  await again?.close();
});

it('leaves the TCP side free for the one who leased it', async () => {
  const lease = await leasePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(lease.port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  await lease.close();
});

it('does not lease a port on which somebody listens', async () => {
  const lease = await leasePort();
  await lease.close();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(lease.port, '127.0.0.1', resolve));
  expect(await tryLease(lease.port)).toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
});
