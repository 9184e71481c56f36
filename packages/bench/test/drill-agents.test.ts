import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leasePort, type PortLease } from '@stormcart/core';
import { HistogramLogReader } from 'hdr-histogram-js';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Report } from '../src/report/report.ts';
import { type AgentYard, openAgentYard } from './fixture/agent-yard.ts';
import { processesOfRuns, repository, runCli, type Started, startCli } from './fixture/cli.ts';
import { onlyReport, writeSharedDrill } from './fixture/shared-drill.ts';

let yard: AgentYard;
let lease: PortLease;
let folder: string;

beforeAll(async () => {
  yard = await openAgentYard();
  lease = await leasePort();
  folder = await mkdtemp(join(tmpdir(), 'stormcart-shared-'));
});

afterEach(() => yard.clear());

afterAll(async () => {
  await yard.close();
  await lease.close();
  await rm(folder, { recursive: true, force: true });
});

/** A drill of `forSeconds` whose load two agents make. */
async function startDrill(forSeconds: number, ...flags: readonly string[]): Promise<Started> {
  const listen = { host: '127.0.0.1', port: lease.port };
  const file = await writeSharedDrill({ folder, listen, upstream: yard.address, forSeconds });
  const args = ['run', file, '--agents', '2', '--json', '--out', join(folder, 'runs'), ...flags];
  return startCli(args, { env: yard.environment });
}

async function readRun(report: Report, file: string): Promise<string> {
  const runs = await readdir(join(folder, 'runs'));
  const run = runs.toSorted().at(-1) ?? '';
  expect(run).toContain(report.scenario.name);
  return await readFile(join(folder, 'runs', run, file), 'utf8');
}

const startAgents = (...names: readonly string[]): readonly Started[] =>
  names.map((name) => yard.startAgent(name));

it('measures what two agents send as if it had sent it itself, by phase, window and second', async () => {
  startAgents('left', 'right');
  const ended = await (await startDrill(3)).ended;
  const report = onlyReport(ended);
  expect(report.verdict, `${report.reasons.join('\n')}\n${ended.stderr}`).toBe(
    report.generator.isSaturated ? 'inconclusive' : 'pass',
  );
  // 20 in the warm-up, 180 measured.
  expect(report.load.ledger).toMatchObject({ planned: 200, ok: 200 });
  expect(report.load.arrivals).toBe(200);
  expect(yard.seenIds.length).toBe(200);
  expect(new Set(yard.seenIds).size).toBe(200);
  expect(yard.sharesSeen()).toEqual(new Set(['0', '1']));
  const planned = (name: string): number =>
    report.phases.find((phase) => phase.name === name)?.planned ?? Number.NaN;
  expect(planned('warmup')).toBe(20);
  expect(planned('slow')).toBeGreaterThan(50);
  expect(planned('baseline') + planned('slow') + planned('recovery')).toBe(180);
  expect(report.gates.map(({ text, kind }) => [text, kind])).toEqual(
    report.gates.map(({ text }) => [text, 'pass']),
  );
  expect(report.series.steps.reduce((sum, step) => sum + step.planned, 0)).toBe(200);
  const reader = new HistogramLogReader(await readRun(report, 'latency.hlog'));
  let logged = 0;
  for (let part = reader.nextIntervalHistogram(); part !== null; part = reader.nextIntervalHistogram())
    logged += part.totalCount;
  expect(logged).toBe(200);
  expect(report.agents).toMatchObject({ lost: [] });
  expect(report.agents?.parts.map(({ arrivals, requests }) => [arrivals, requests])).toEqual([
    [100, 100],
    [100, 100],
  ]);
  expect(report.again).toContain('--agents 2');
  expect(await readRun(report, 'report.html')).toContain('agent <code>');
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});

it('is inconclusive when an agent is killed, names it, ends its faults at once and leaves nothing', async () => {
  const [first] = startAgents('north', 'south');
  const drill = await startDrill(60, '--set', 'faults.slow.for=50s');
  await drill.said('fault on');
  first?.child.kill('SIGKILL');
  const ended = await drill.ended;
  const report = onlyReport(ended);
  expect(ended.code).toBe(3);
  expect(report.verdict).toBe('inconclusive');
  expect(report.reasons).toEqual([expect.stringMatching(/^agent north \(share \d of 2\) is lost/)]);
  expect(report.agents?.lost).toEqual(report.reasons);
  expect(report.endedEarly?.kind).toBe('lostAgent');
  const [fault] = report.faults;
  expect(fault?.isVerified).toBe(true);
  expect((fault?.revertedMs ?? Infinity) - (fault?.appliedMs ?? 0)).toBeLessThan(30_000);
  expect(report.load.ledger.planned).toBeLessThan(2_000);
  expect(await processesOfRuns('shared-load')).toEqual([]);
});

it('says how many agents are missing, and ends with 4 and nothing left', async () => {
  const ended = await (await startDrill(3, '--wait', '1s')).ended;
  expect(ended.stderr).toContain('0 of 2 agents were ready within 1 s');
  expect(ended.code).toBe(4);
  expect(await processesOfRuns('shared-load')).toEqual([]);
  for (const [key, leftMs] of await yard.redis.keys()) expect(leftMs, key).toBeGreaterThan(0);
});

it('refuses a scenario whose journeys only its own module has, before anything boots', async () => {
  const file = join(repository, 'examples/short-links/slow-redis.yaml');
  const { code, stderr } = await runCli(['run', file, '--agents', '2'], { env: yard.environment });
  expect(stderr).toMatch(
    /cannot be shared out to agents: the code of its journeys .* is in \.\/my-system\.ts/,
  );
  expect(stderr).not.toMatch(/ready|\n\s+at /);
  expect(code).toBe(2);
});
