import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLogFiles } from './find-run.ts';
import { lineFormats } from './format/table.ts';
import type { LogEntry } from './log-entry.ts';
import { mergeByTime, sortNearby } from './merge-by-time.ts';
import { type LogSearch, queryLogs } from './query-logs.ts';
import { parseTimeBound } from './time-bound.ts';

const ORDER = 'a87b627b-b9f4-44f3-9fa6-bc256e38e0b8';
const local = (text: string): number => Date.parse(text);

const FILES = {
  'balancer.log': `balancer listens on 127.0.0.1:24516
{"time":"2026-11-23T21:32:50.200Z","requestId":"r-2","method":"GET","path":"/api/product","status":200,"failure":null}
{"time":"2026-11-23T21:32:50.100Z","requestId":"r-1","method":"POST","path":"/api/orders","status":201,"failure":null}
{"time":"2026-11-23T21:32:50.300Z","requestId":"r-3","method":"GET","path":"/api/product","status":502,"failure":"reset"}
`,
  'orders-1.log': `{"level":"info","time":"2026-11-23T21:32:50.150Z","service":"orders","instance":1,"requestId":"r-1","traceId":"t-1","customerId":7,"orderId":"${ORDER}","msg":"request"}
`,
  'worker-1.log': `{"level":"warn","time":"2026-11-23T21:32:50.400Z","service":"worker","instance":1,"traceId":"t-1","queue":"payments","msg":"message redelivered"}
{"level":"error","time":"2026-11-23T21:32:51.000Z","msg":"half a li`,
  'rabbitmq.log': `2026-11-23 21:32:50.250474+00:00 [error] <0.132.0> something broke
  on a second line
`,
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-logs-'));
  await mkdir(join(folder, 'run', 'logs'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, 'run', 'logs', name), text);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function search(query: LogSearch): Promise<readonly string[]> {
  const files = await findLogFiles(join(folder, 'run'), folder);
  const found = await Array.fromAsync(queryLogs(files, query));
  return found.map(({ source, message }) => `${source}: ${message}`);
}

const read = (line: string) => lineFormats.map((format) => format(line)).find((entry) => entry !== undefined);

describe('a line', () => {
  it('of each store is read in its own format', () => {
    expect(read('2026-11-23  1:32:50 0 [Warning] low on files')).toEqual({
      atMs: local('2026-11-23T01:32:50'),
      level: 'warn',
      message: 'low on files',
      fields: {},
    });
    expect(read('19065:M 3 Nov 2026 21:32:50.024 * Ready')).toEqual({
      atMs: local('2026-11-03T21:32:50.024'),
      level: 'info',
      message: 'Ready',
      fields: {},
    });
    expect(read('2026-11-23 21:32:52.656474+00:00 [critical] <0.1.0> gone')).toEqual({
      atMs: Date.parse('2026-11-23T21:32:52.656Z'),
      level: 'fatal',
      message: 'gone',
      fields: {},
    });
  });

  it('of none of the formats is no entry, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(read(text)).toBeUndefined();
        expect(read(`{${text}`)).toBeUndefined();
      }),
    );
  });
});

describe('a search', () => {
  it('without conditions shows every line of every file in order of time', async () => {
    expect(await search({})).toEqual([
      'balancer: POST /api/orders',
      'orders/1: request',
      'balancer: balancer listens on 127.0.0.1:24516',
      'balancer: GET /api/product',
      'rabbitmq: something broke\n  on a second line',
      'balancer: GET /api/product',
      'worker/1: message redelivered\n{"level":"error","time":"2026-11-23T21:32:51.000Z","msg":"half a li',
    ]);
  });

  it('for an order follows its requests and traces into lines that do not name it', async () => {
    expect(await search({ orderId: ORDER })).toEqual([
      'balancer: POST /api/orders',
      'orders/1: request',
      expect.stringContaining('worker/1: message redelivered'),
    ]);
  });

  it('narrows by service, level, customer, request, pattern and time', async () => {
    expect(await search({ source: 'orders' })).toEqual(['orders/1: request']);
    expect(await search({ source: 'orders/2' })).toEqual([]);
    expect(await search({ level: 'error' })).toEqual([expect.stringContaining('rabbitmq: ')]);
    expect(await search({ level: 'warn', source: 'balancer' })).toEqual(['balancer: GET /api/product']);
    expect(await search({ customerId: 7 })).toEqual(['orders/1: request']);
    expect(await search({ requestId: 'r-1' })).toHaveLength(2);
    expect(await search({ pattern: /BROKE/i })).toHaveLength(1);
    expect(await search({ since: parseTimeBound('100ms') })).toHaveLength(2);
    expect(await search({ until: parseTimeBound('+50ms') })).toHaveLength(2);
    expect(await search({ since: parseTimeBound('2026-11-23T21:32:50.301Z') })).toHaveLength(1);
  });

  it('of a run that is not there, or has no logs, says so', async () => {
    await expect(findLogFiles(join(folder, 'nowhere'), folder)).rejects.toMatchObject({
      kind: 'usage',
      code: 'NO_LOGS',
    });
    await expect(findLogFiles('latest', join(folder, 'nowhere'))).rejects.toMatchObject({
      kind: 'usage',
      code: 'NO_RUN',
    });
  });
});

it('reads no time that is neither a duration nor a moment', () => {
  for (const text of ['', '10', 'yesterday', '2026', '-5s', '++5s']) {
    expect(() => parseTimeBound(text)).toThrow(/is not a time/);
  }
});

it('merges any sources into the order of time, each disordered by less than the look-ahead', async () => {
  const times = fc.array(fc.array(fc.nat(50), { maxLength: 8 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(times, async (sources) => {
      const merged = await Array.fromAsync(
        mergeByTime(sources.map((list) => sortNearby(entriesAt(list), 8))),
      );
      const expected = sources.flat().toSorted((left, right) => left - right);
      expect(merged.map(({ atMs }) => atMs)).toEqual(expected);
    }),
  );
});

async function* entriesAt(times: readonly number[]): AsyncGenerator<LogEntry> {
  for (const atMs of times)
    yield await Promise.resolve({ atMs, level: 'info', source: 's', message: '', fields: {} });
}
