import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AgentYard, loadReportOf, openAgentYard } from './fixture/agent-yard.ts';
import { childrenOf } from './fixture/children-of.ts';
import { runCli, startCli } from './fixture/cli.ts';

let yard: AgentYard;

beforeAll(async () => {
  yard = await openAgentYard();
});

afterEach(() => yard.clear());

afterAll(() => yard.close());

it('keeps two loads at the same Redis apart', async () => {
  for (const name of ['one', 'two', 'three', 'four']) yard.startAgent(name);
  const loads = await Promise.all([
    yard.startLoad('--rate', '60/s', '--for', '1s', '--agents', '2').ended,
    yard.startLoad('--rate', '90/s', '--for', '1s', '--agents', '2').ended,
  ]);
  expect(loads.map((load) => loadReportOf(load).ledger.planned)).toEqual([60, 90]);
  expect(yard.seenIds.length).toBe(150);
});

it('says how many agents are missing, and ends with 4', async () => {
  yard.startAgent('lonely');
  const args = ['load', 'http://127.0.0.1:1/', '--rate', '10/s', '--agents', '2', '--wait', '5s'];
  const { code, stderr } = await runCli(args, { env: yard.environment });
  expect(code).toBe(4);
  expect(stderr).toContain('1 of 2 agents were ready within 5 s: lonely');
  expect(stderr).not.toContain(yard.redis.password);
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});

it('gives the share of an agent that dies before the start to another', async () => {
  const first = yard.startAgent('first');
  const load = yard.startLoad('--rate', '60/s', '--for', '1s', '--agents', '2');
  await load.said('1 of 2 agents ready: first');
  first.child.kill('SIGKILL');
  await load.said('1 of 2 agents ready: first\n0 of 2 agents ready');
  yard.startAgent('second');
  yard.startAgent('third');
  const ended = await load.ended;
  expect(loadReportOf(ended).ledger).toMatchObject({ planned: 60, ok: 60 });
  expect(ended.stderr).toMatch(/all begin at one time.*: (second, third|third, second)/);
});

it('ends on both sides when either is interrupted', async () => {
  const [first, second] = ['left', 'right'].map((name) => yard.startAgent(name));
  const load = yard.startLoad('--rate', '50/s', '--for', '60s', '--agents', '2');
  await expect.poll(() => yard.sharesSeen().size, { timeout: 30_000 }).toBe(2);
  load.child.kill('SIGINT');
  const ended = await load.ended;
  const { ledger, shares } = loadReportOf(ended);
  expect(ended.code).toBe(130);
  expect(shares?.lost).toEqual([]);
  expect(ledger.planned).toBe(yard.seenIds.length);

  const next = yard.startLoad('--rate', '50/s', '--for', '60s', '--agents', '2');
  await expect.poll(() => yard.sharesSeen().size, { timeout: 30_000 }).toBe(2);
  first?.child.kill('SIGINT');
  expect((await first?.ended)?.code).toBe(130);
  const inconclusive = await next.ended;
  expect(inconclusive.code).toBe(3);
  expect(loadReportOf(inconclusive).shares?.lost).toEqual(['agent left was told to leave']);
  second?.child.kill('SIGTERM');
  expect((await second?.ended)?.code).toBe(143);
});

it('is inconclusive when the process beside an agent that sends its load dies', async () => {
  const agent = yard.startAgent('headless');
  const load = yard.startLoad('--rate', '50/s', '--for', '60s', '--agents', '1');
  await expect.poll(() => yard.seenIds.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const [driver] = await childrenOf(agent.child.pid, 'share-main');
  if (driver === undefined) throw new Error('the agent has a driver');
  process.kill(driver, 'SIGKILL');
  const ended = await load.ended;
  expect(ended.code).toBe(3);
  expect(loadReportOf(ended).shares?.lost).toEqual([
    `the driver process of agent headless (pid ${driver}) was ended by SIGKILL`,
  ]);
});

it('is inconclusive when the Redis is gone in mid-load', async () => {
  const own = await openAgentYard();
  try {
    const agent = own.startAgent('cut-off');
    const load = own.startLoad('--rate', '50/s', '--for', '60s', '--agents', '1');
    await expect.poll(() => own.seenIds.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await own.redis.close();
    const ended = await load.ended;
    expect(ended.code).toBe(3);
    expect(loadReportOf(ended).shares?.lost).toEqual([expect.stringMatching(/^agent cut-off .* is lost/)]);
    // Nobody counts what it sends any more: it stops by itself.
    await expect.poll(async () => childrenOf(agent.child.pid, 'share-main'), { timeout: 30_000 }).toEqual([]);
    agent.child.kill('SIGTERM');
    expect((await agent.ended).code).toBe(143);
  } finally {
    await own.close();
  }
});

it('gives up when whoever shares out is killed, and leaves nothing behind', async () => {
  const agent = startCli(['agent', '--name', 'orphan', '--once'], { env: yard.environment });
  const load = yard.startLoad('--rate', '50/s', '--for', '60s', '--agents', '1');
  await expect.poll(() => yard.seenIds.length, { timeout: 30_000 }).toBeGreaterThan(0);
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
  load.child.kill('SIGKILL');
  const { code, stderr } = await agent.ended;
  expect(code).toBe(3);
  expect(stderr).toContain('heard that whoever shared out the load is gone');
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});
