import { expect, it } from 'vitest';
import { type AccessLine, createAccessLog } from './access-log.ts';

const line = (requestId: string): AccessLine => ({
  time: '2026-01-01T00:00:00.000Z',
  requestId,
  client: '127.0.0.1',
  method: 'GET',
  path: '/',
  route: '/',
  pool: 'shop',
  backend: 'shop/1',
  status: 200,
  durationMs: 1,
  requestBytes: 10,
  responseBytes: 20,
  retryCount: 0,
  failure: null,
});

const idsIn = (texts: readonly string[]): string[] =>
  texts
    .join('')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => (JSON.parse(text) as AccessLine).requestId);

it('writes every line once and in order, several to a write', async () => {
  const written: string[] = [];
  const log = createAccessLog((text) => {
    written.push(text);
    return Promise.resolve();
  }, 5_000);
  const ids = Array.from({ length: 2_500 }, (_, index) => `r-${index}`);
  for (const id of ids) log.write(line(id));
  await log.close();
  expect(idsIn(written)).toEqual(ids);
  expect(written.length).toBe(3);
  expect(log.droppedCount).toBe(0);
});

it('drops and counts what exceeds its bound while the sink stalls', async () => {
  const written: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const log = createAccessLog(async (text) => {
    await gate.promise;
    written.push(text);
  }, 3);
  for (let index = 0; index < 10; index += 1) log.write(line(`r-${index}`));
  expect(log.droppedCount).toBe(7);
  gate.resolve(undefined);
  await log.close();
  expect(idsIn(written)).toEqual(['r-0', 'r-1', 'r-2']);
  log.write(line('late'));
  expect(log.droppedCount).toBe(8);
});

it('counts the lines of a write that failed and goes on', async () => {
  let isBroken = true;
  const written: string[] = [];
  const log = createAccessLog((text) => {
    if (isBroken) return Promise.reject(new Error('disk full'));
    written.push(text);
    return Promise.resolve();
  }, 10);
  log.write(line('lost'));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  isBroken = false;
  log.write(line('kept'));
  await log.close();
  expect(log.droppedCount).toBe(1);
  expect(idsIn(written)).toEqual(['kept']);
});
