import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentYard, loadReportOf, openAgentYard, shareOf } from './fixture/agent-yard.ts';
import { type NetworkNamespace, namespacesRefused, openNamespace } from './fixture/network-namespace.ts';

const AGENTS = ['north', 'east', 'south'] as const;
const refused = await namespacesRefused();
const where =
  refused === undefined
    ? 'in network namespaces of their own'
    : `in processes of their own (no network namespaces here: ${refused})`;

let namespaces: readonly NetworkNamespace[] = [];
let yard: AgentYard;

beforeAll(async () => {
  if (refused === undefined) namespaces = await openAll();
  yard = await openAgentYard(namespaces[0]?.hostAddress);
});

afterAll(async () => {
  await yard.close();
  await Promise.all(namespaces.map((namespace) => namespace.close()));
});

async function openAll(): Promise<readonly NetworkNamespace[]> {
  const opened: NetworkNamespace[] = [];
  try {
    for (const number of AGENTS.keys()) opened.push(await openNamespace(number));
    return opened;
  } catch (error) {
    await Promise.all(opened.map((namespace) => namespace.close()));
    throw error;
  }
}

it(`runs one plan from three agents ${where}: exactly, from one start on; one that is killed makes the next load inconclusive`, async () => {
  const agents = AGENTS.map((name, number) => yard.startAgent(name, namespaces[number]?.name));
  // 200.3/s for 1.5 s are 301 requests.
  const load = await yard.startLoad('--rate', '200.3/s', '--for', '1500ms', '--agents', '3').ended;
  const report = loadReportOf(load);
  expect(report.ledger).toMatchObject({ planned: 301, ok: 301 });
  expect(report.shares).toEqual({ kind: 'agents', count: 3, lost: [] });
  expect(yard.seenIds.length).toBe(301);
  expect(new Set(yard.seenIds).size).toBe(301);
  expect(report.generator.figures.arrivals).toBe(301);
  if (refused === undefined) expect(yard.addressesSeen().size).toBe(3);
  // One start for all: when the first third had come, every share had begun.
  expect(new Set(yard.seenIds.slice(0, 100).map(shareOf)).size).toBe(3);
  expect(load.code, load.stderr).toBe(report.generator.isSaturated ? 3 : 0);

  const spoiled = yard.startLoad('--rate', '100/s', '--for', '60s', '--agents', '3');
  await expect.poll(() => yard.sharesSeen().size, { timeout: 30_000 }).toBe(3);
  agents[0]?.child.kill('SIGKILL');
  const ended = await spoiled.ended;
  const { shares, ledger } = loadReportOf(ended);
  expect(ended.code).toBe(3);
  expect(shares?.lost).toEqual([expect.stringMatching(/^agent north \(share \d of 3\) is lost/)]);
  expect(ledger.planned).toBeLessThan(6_000);

  for (const { child } of agents) child.kill('SIGTERM');
  const left = await Promise.all(agents.map((agent) => agent.ended));
  expect(left.map(({ code }) => code)).toEqual([null, 143, 143]);
  for (const { stdout, stderr } of [load, ended, ...left]) {
    expect(stdout + stderr).not.toContain(yard.redis.password);
  }
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});
