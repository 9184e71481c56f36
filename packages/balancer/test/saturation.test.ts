import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { rawBackend } from './raw-backend.ts';
import { askRaw, until } from './rig.ts';
import { closeAfterEach } from './scope.ts';

const { keep, rigOn } = closeAfterEach();
const kept: typeof rawBackend = async (onRequest) => keep(await rawBackend(onRequest));

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

it('bounds connections to a back end, lets some wait, and sheds the rest with 503', async () => {
  const waiting: Socket[] = [];
  const backend = await kept((socket) => void waiting.push(socket));
  const rig = await rigOn([backend.port], { limits: { upstreamConnectionsMax: 2, waitingMax: 3 } });
  const asked = Array.from({ length: 8 }, () => askRaw(rig.port, get()));
  await until(() => waiting.length === 2 && rig.lines.length === 3);
  expect(rig.balancer.backends()[0]).toMatchObject({ connectionCount: 2, waitingCount: 3 });
  const answering = setInterval(() => {
    for (const socket of waiting.splice(0)) socket.write(OK);
  }, 5);
  const statuses = (await Promise.all(asked)).map((answer) => answer.slice(9, 12));
  clearInterval(answering);
  expect(statuses.toSorted((left, right) => left.localeCompare(right))).toEqual([
    ...Array.from({ length: 5 }, () => '200'),
    ...Array.from({ length: 3 }, () => '503'),
  ]);
});

it('hands a request that finds no room at one back end to another, and sheds when all are full', async () => {
  const held: Socket[] = [];
  const full = await kept((socket) => void held.push(socket));
  const spare = await kept((socket) => void held.push(socket));
  const rig = await rigOn([full.port, spare.port], {
    algorithm: 'ip-hash',
    limits: { upstreamConnectionsMax: 1, waitingMax: 1 },
  });
  // The hash sends all of them to the same one: one is served, one waits, the next two go to the other.
  const asked = Array.from({ length: 5 }, () => askRaw(rig.port, get()));
  await until(() => held.length === 2 && rig.lines.length === 1);
  expect(rig.lines[0]).toMatchObject({ status: 503, failure: expect.stringContaining('overloaded') });
  expect(rig.balancer.backends().map(({ waitingCount }) => waitingCount)).toEqual([1, 1]);
  const answering = setInterval(() => {
    for (const socket of held.splice(0)) socket.write(OK);
  }, 5);
  const statuses = (await Promise.all(asked)).map((answer) => answer.slice(9, 12));
  clearInterval(answering);
  expect(statuses.filter((status) => status === '200')).toHaveLength(4);
});

it('keeps requests waiting for a connection as long as their pool lets them, and no longer', async () => {
  const held: Socket[] = [];
  const backend = await kept((socket) => void held.push(socket));
  const [short, long] = await Promise.all(
    [100, 60_000].map((waitMs) => rigOn([backend.port], { waitMs, limits: { upstreamConnectionsMax: 1 } })),
  );
  if (short === undefined || long === undefined) throw new Error('no rig');
  const served = [askRaw(short.port, get('/first')), askRaw(long.port, get('/first'))];
  await until(() => held.length === 2);
  const [given, waiting] = [askRaw(short.port, get('/second')), askRaw(long.port, get('/second'))];
  // Far below the time that a connection may take to be made: it is the waiting that has run out.
  expect(await given).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*urn:stormcart:problem:overloaded/);
  expect(long.balancer.backends()[0]?.waitingCount).toBe(1);
  expect(short.balancer.backends()[0]?.waitingCount).toBe(0);
  for (const socket of held.splice(0)) socket.write(OK);
  await until(() => held.length === 1);
  for (const socket of held) socket.write(OK);
  for (const answer of [...served, waiting]) expect(await answer).toMatch(/\r\n\r\nok$/);
});
