import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadReport } from '../src/report/load-report.ts';
import { childrenOf } from './fixture/children-of.ts';
import { runCli, startCli } from './fixture/cli.ts';

let server: Server;
let url = '';
let seenIds: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seenIds.push(String(request.headers['x-request-id']));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

/** How many requests of each share the server has seen. */
function seenByShare(): readonly number[] {
  const counts: number[] = [];
  for (const id of seenIds) {
    const share = Number(/^load-(\d+)-/.exec(id)?.[1]);
    counts[share] = (counts[share] ?? 0) + 1;
  }
  return counts.filter((count) => count !== undefined);
}

it('sends exactly the planned requests from three processes, none of them twice', async () => {
  seenIds = [];
  // 200.3/s for 2.5 s are 501 requests: 167 for each.
  const args = ['load', url, '--rate', '200.3/s', '--for', '2500ms', '--processes', '3', '--json'];
  const { stdout, code, stderr } = await runCli(args);
  const report = JSON.parse(stdout) as LoadReport;
  expect(report.ledger).toMatchObject({ planned: 501, ok: 501 });
  expect(report.shares).toEqual({ kind: 'processes', count: 3, lost: [] });
  expect(seenByShare()).toEqual([167, 167, 167]);
  expect(new Set(seenIds).size).toBe(501);
  // One beginning for all: when the first third had come, every share had begun.
  expect(new Set(seenIds.slice(0, 167).map((id) => id.split('-')[1])).size).toBe(3);
  expect(report.generator.figures.arrivals).toBe(501);
  // A busy machine may make it late, which it then says; nothing else is wrong.
  expect(code, stderr).toBe(report.generator.isSaturated ? 3 : 0);
});

it('is inconclusive when a process dies, says which, and ends the others', async () => {
  const args = ['load', url, '--rate', '100/s', '--for', '60s', '--processes', '3', '--json'];
  const load = startCli(args);
  seenIds = [];
  await expect.poll(() => seenByShare().length, { timeout: 20_000 }).toBe(3);
  const children = await childrenOf(load.child.pid, 'share-main');
  expect(children.length).toBe(3);
  const [victim] = children;
  if (victim === undefined) throw new Error('it has children');
  process.kill(victim, 'SIGKILL');
  const { stdout, code } = await load.ended;
  const report = JSON.parse(stdout) as LoadReport;
  expect(code).toBe(3);
  expect(report.shares?.lost).toEqual([
    `driver process ${children.indexOf(victim) + 1} of 3 (pid ${victim}) was ended by SIGKILL`,
  ]);
  expect(report.ledger.planned).toBeLessThan(3_000);
});

it('ends all its processes when it is interrupted or killed', async () => {
  const args = ['load', url, '--rate', '100/s', '--for', '60s', '--processes', '2', '--json'];
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const load = startCli(args);
    seenIds = [];
    await expect.poll(() => seenByShare().length, { timeout: 20_000 }).toBe(2);
    const children = await childrenOf(load.child.pid, 'share-main');
    expect(children.length).toBe(2);
    load.child.kill(signal);
    const { stdout, code } = await load.ended;
    if (signal === 'SIGINT') {
      const { ledger, shares } = JSON.parse(stdout) as LoadReport;
      expect(code).toBe(130);
      expect(shares?.lost).toEqual([]);
      expect(ledger.planned).toBe(ledger.ok + ledger.unfinished);
    }
    await expect.poll(() => children.filter(isThere), { timeout: 10_000 }).toEqual([]);
  }
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
