import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leasePort, type PortLease, pollUntil } from '@stormcart/core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AgentYard, openAgentYard, shareOf } from './fixture/agent-yard.ts';
import { childrenOf } from './fixture/children-of.ts';
import { processesOfRuns, type Started, startCli } from './fixture/cli.ts';
import { type NetworkNamespace, namespacesRefused, openNamespace } from './fixture/network-namespace.ts';
import { onlyReport, writeSharedDrill } from './fixture/shared-drill.ts';

const refused = await namespacesRefused();
let namespaces: readonly NetworkNamespace[] = [];
let yard: AgentYard;
let host: string;
let lease: PortLease;
let folder: string;

beforeAll(async () => {
  if (refused === undefined) namespaces = [await openNamespace(20), await openNamespace(21)];
  host = namespaces[0]?.hostAddress ?? '127.0.0.1';
  yard = await openAgentYard(host);
  lease = await leasePort();
  folder = await mkdtemp(join(tmpdir(), 'stormcart-shared-'));
});

afterEach(() => yard.clear());

afterAll(async () => {
  await yard.close();
  await lease.close();
  await Promise.all(namespaces.map((namespace) => namespace.close()));
  await rm(folder, { recursive: true, force: true });
});

async function startDrill(forSeconds: number, at = host): Promise<Started> {
  const listen = { host: at, port: lease.port };
  const file = await writeSharedDrill({ folder, listen, upstream: yard.address, forSeconds });
  const args = ['run', file, '--agents', '2', '--json', '--out', join(folder, 'runs')];
  return startCli(args, { env: yard.environment });
}

/** Agents in networks of their own where there can be any. */
const startAgents = (...names: readonly string[]): readonly Started[] =>
  names.map((name, place) => yard.startAgent(name, namespaces[place]?.name));

it(`measures exactly what two agents send ${refused === undefined ? 'from network namespaces of their own' : `(no namespaces here: ${refused})`}`, async () => {
  startAgents('north', 'south');
  const ended = await (await startDrill(4)).ended;
  const report = onlyReport(ended);
  expect(report.load.ledger, ended.stderr).toMatchObject({ planned: 260, ok: 260 });
  expect(yard.seenIds.length).toBe(260);
  expect(report.agents?.parts.map(({ requests }) => requests)).toEqual([130, 130]);
  expect(report.gates.filter(({ kind }) => kind !== 'pass')).toEqual([]);
  expect(report.verdict).toBe(report.generator.isSaturated ? 'inconclusive' : 'pass');
  expect(ended.stdout + ended.stderr).not.toContain(yard.redis.password);
});

it.skipIf(refused !== undefined)(
  'does not let agents of another network load an address that only this machine has',
  async () => {
    startAgents('far', 'away');
    const ended = await (await startDrill(4, '127.0.0.1')).ended;
    expect(ended.stderr).toMatch(
      /agent (far|away) .*: http:\/\/127\.0\.0\.1.* is an address of the machine that runs the drill/,
    );
    expect(ended.code).toBe(4);
    expect(yard.seenIds).toEqual([]);
    expect(await processesOfRuns('shared-load')).toEqual([]);
  },
);

it('ends on both sides when it is interrupted, and counts what was seen until then', async () => {
  const agents = startAgents('one', 'two');
  const drill = await startDrill(60);
  await drill.said('fault on');
  drill.child.kill('SIGINT');
  const ended = await drill.ended;
  const report = onlyReport(ended);
  expect(ended.code).toBe(130);
  expect(report.agents?.lost).toEqual([]);
  expect(report.load.ledger.planned).toBe(report.load.ledger.ok + report.load.ledger.unfinished);
  expect(new Set(yard.seenIds.map(shareOf)).size).toBe(2);
  for (const { child } of agents) {
    await expect.poll(() => childrenOf(child.pid, 'share-main'), { timeout: 30_000 }).toEqual([]);
  }
});

it('lets the rate be changed and the load be paused while agents make it', async () => {
  startAgents('slow', 'steady');
  const drill = await startDrill(60);
  await drill.said('fault on');
  const run = (await readdir(join(folder, 'runs'))).toSorted().at(-1) ?? '';
  const control = JSON.parse(await readFile(join(folder, 'runs', run, 'control.json'), 'utf8')) as {
    readonly url: string;
    readonly token: string;
  };
  const headers = { Authorization: `Bearer ${control.token}`, 'Content-Type': 'application/json' };
  const tell = async (command: unknown): Promise<void> => {
    const body = JSON.stringify(command);
    const answer = await fetch(`${control.url}/v1/commands`, { method: 'POST', headers, body });
    expect(answer.status, await answer.text()).toBe(200);
  };
  await tell({ do: 'pause' });
  let before = -1;
  await pollUntil(
    async () => {
      const isStill = yard.seenIds.length === before;
      before = yard.seenIds.length;
      return isStill;
    },
    { everyMs: 700, signal: AbortSignal.timeout(20_000) },
  );
  await tell({ do: 'rate', factor: 3 });
  await expect.poll(() => yard.seenIds.length, { timeout: 20_000 }).toBeGreaterThan(before + 150);
  drill.child.kill('SIGINT');
  const report = onlyReport(await drill.ended);
  expect(report.byHand?.steering.map(({ factor }) => factor)).toEqual([0, 3]);
  expect(report.agents?.lost).toEqual([]);
});

/** Three agents shop here; the run's folder is `shop` or what is given. */
async function startShopDrill(forSeconds: number, out = 'shop'): Promise<Started> {
  const file = join(folder, 'shop.yaml');
  await writeFile(
    file,
    `version: 1
name: shared-shop
about: Agents shop.
load:
  mix: {browse: 40, cart: 20, checkout: 30, register: 10}
  stages: [{for: ${forSeconds}s, rate: 20/s}]
faults:
  - {id: hole, at: 3s, for: 2s, link: "*->redis", toxic: timeout}
gates: [success >= 90%]
`,
  );
  const args = ['run', file, '--agents', '3', '--json', '--out', join(folder, out)];
  return startCli(args, { env: yard.environment });
}

it('audits the shop by what agents did, operation by operation', async () => {
  for (const name of ['first', 'second', 'third']) yard.startAgent(name);
  const ended = await (await startShopDrill(8)).ended;
  const report = onlyReport(ended);
  expect(report.load.arrivals, ended.stderr).toBe(160);
  expect(report.agents?.lost).toEqual([]);
  expect(report.audit.isDrained).toBe(true);
  expect(report.audit.operationsCount).toBeGreaterThan(100);
  expect(report.audit.invariants.filter(({ answer }) => answer !== 'holds')).toEqual([]);
  const run = (await readdir(join(folder, 'shop')))[0] ?? '';
  const history = (await readFile(join(folder, 'shop', run, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
  const indexes = history.map((line) => (JSON.parse(line) as { readonly index: number }).index);
  expect(new Set(indexes).size).toBe(indexes.length);
  expect(indexes.length).toBe(report.audit.operationsCount);
});

it('judges nothing of a shop whose agent died: neither a gate nor what lies in its stores', async () => {
  const [first] = ['first', 'second', 'third'].map((name) => yard.startAgent(name));
  const drill = await startShopDrill(60, 'orphaned');
  await drill.said('fault on');
  first?.child.kill('SIGKILL');
  const ended = await drill.ended;
  const report = onlyReport(ended);
  expect(ended.code).toBe(3);
  expect(report.reasons).toEqual([expect.stringMatching(/^agent first \(share \d of 3\) is lost/)]);
  expect(report.audit.invariants).toEqual([]);
  expect(await processesOfRuns('shared-shop')).toEqual([]);
});

it('is inconclusive when the Redis is gone in mid-drill, and agents end their part', async () => {
  const own = await openAgentYard();
  try {
    const agents = ['left', 'right'].map((name) => own.startAgent(name));
    const listen = { host: '127.0.0.1', port: lease.port };
    const file = await writeSharedDrill({ folder, listen, upstream: own.address, forSeconds: 60 });
    const args = ['run', file, '--agents', '2', '--json', '--out', join(folder, 'cut-off')];
    const drill = startCli(args, { env: own.environment });
    await drill.said('fault on');
    await own.redis.close();
    const ended = await drill.ended;
    const report = onlyReport(ended);
    expect(ended.code).toBe(3);
    expect(report.agents?.lost.length).toBeGreaterThan(0);
    expect(report.faults[0]?.isVerified).toBe(true);
    for (const { child } of agents) {
      await expect.poll(() => childrenOf(child.pid, 'share-main'), { timeout: 30_000 }).toEqual([]);
    }
  } finally {
    await own.close();
  }
});

it('is given up by its agents when it is killed, and nothing stays in the Redis for ever', async () => {
  const agents = startAgents('one', 'two');
  const drill = await startDrill(60);
  await drill.said('fault on');
  drill.child.kill('SIGKILL');
  await drill.ended;
  for (const { child } of agents) {
    await expect.poll(() => childrenOf(child.pid, 'share-main'), { timeout: 30_000 }).toEqual([]);
  }
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});
