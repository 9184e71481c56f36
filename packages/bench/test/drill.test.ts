import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leasePort, pollUntil } from '@stormcart/core';
import { HistogramLogReader } from 'hdr-histogram-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Report, reportFormat } from '../src/report/report.ts';
import { runFiles } from '../src/report/run-files.ts';
import {
  type Ended,
  portsInUse,
  portsOfRuns,
  processesOfRuns,
  repository,
  runCli,
  startCli,
} from './fixture/cli.ts';
import { mutateCheckout } from './fixture/mutated-checkout.ts';
import { readOpenMetrics } from './fixture/read-openmetrics.ts';
import { readXml } from './fixture/read-xml.ts';
import { drillKinds } from './mutant/drill-kind.ts';
import { change } from './mutant/mutant.ts';

/** Store templates are made once per checkout; a drill that finds them boots in seconds. */
const CACHE = join(repository, '.stormcart');

const HOLE = '{id: hole, at: 3s, for: 4s, link: "*->redis", toxic: timeout}';
const KILL = '{id: kill, at: 4s, for: 2s, process: mariadb, action: kill}';

/** Every way in which the shop acknowledges things, and a fault on the way. Times are short, figures are not judged. */
const scenario = (name: string, gate: string, fault: string): string => `version: 1
name: ${name}
about: A short drill for tests.
hypothesis: It ends as it should.
seed: 5
load:
  mix: {browse: 50, cart: 20, checkout: 30}
  stages:
    - {for: 1s, rate: 20/s, warmup: true}
    - {for: 9s, rate: 20/s}
faults:
  - ${fault}
gates:
  - ${gate}
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-drill-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, gate = 'success >= 50%', fault = HOLE): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, scenario(name, gate, fault));
  return file;
}

const runFlags = (): readonly string[] => ['--out', join(folder, 'runs')];

function onlyReport({ stdout, stderr }: Ended): Report {
  const document = JSON.parse(stdout === '' ? `"nothing on stdout: ${stderr}"` : stdout) as {
    readonly runs: readonly Report[];
  };
  const [report] = document.runs;
  if (report === undefined || document.runs.length !== 1) throw new Error(`not one report: ${stderr}`);
  return report;
}

/** Nothing of the run is left, or what is. Reapers may still be at work for a moment. */
async function expectNothingLeft(name: string, ports: readonly number[] = []): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const leftFolders = async (): Promise<readonly string[]> =>
    (await readdir(join(CACHE, 'live')).catch(() => [])).filter((run) => run.includes(name));
  // Another run on this machine may have leased one of them since.
  const leftPorts = async (): Promise<readonly number[]> => {
    const taken = await portsOfRuns('');
    return (await portsInUse(ports)).filter((port) => !taken.includes(port));
  };
  // A dying process loses its mark before its sockets, and the reaper removes folders last.
  const isOver = async (): Promise<boolean> =>
    (await processesOfRuns(name)).length + (await leftFolders()).length + (await leftPorts()).length === 0;
  await pollUntil(isOver, { everyMs: 100, signal }).catch(() => undefined);
  expect(await processesOfRuns(name)).toEqual([]);
  expect(await leftPorts()).toEqual([]);
  expect(await leftFolders()).toEqual([]);
}

describe('a drill', () => {
  let ended: Ended;
  /** Another one, at the same time: its database is killed in the middle of it. */
  let beside: Ended;
  let ports: readonly number[] = [];
  let scraped = '';

  beforeAll(async () => {
    const flags = ['--json', '--out', join(folder, 'beside')];
    const other = startCli(['run', await write('test-beside', 'success >= 1%', KILL), ...flags]);
    const lease = await leasePort();
    const metrics = ['--metrics', `127.0.0.1:${lease.port}`];
    const drill = startCli(['run', await write('test-whole'), '--json', ...metrics, ...runFlags()]);
    await drill.said('fault on');
    ports = await portsOfRuns('test-whole');
    scraped = await (await fetch(`http://127.0.0.1:${lease.port}/metrics`)).text();
    [ended, beside] = await Promise.all([drill.ended, other.ended]);
    await lease.close();
  });

  it('ends with a verdict in one JSON document, and the exit code that belongs to it', () => {
    const report = onlyReport(ended);
    // On a machine that starves the generator the only right answer is that nobody can tell.
    const verdict = report.generator.isSaturated ? 'inconclusive' : 'pass';
    expect(report.verdict, report.reasons.join('\n')).toBe(verdict);
    expect(ended.code).toBe(verdict === 'pass' ? 0 : 3);
  });

  it('balances its ledger', () => {
    const { planned, ...outcomes } = onlyReport(ended).load.ledger;
    expect(planned).toBeGreaterThan(200);
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(planned);
  });

  it('applies its fault at its time, feels it, and verifies its end', () => {
    const [fault] = onlyReport(ended).faults;
    expect(fault?.hits).toBeGreaterThan(0);
    expect(fault?.isVerified).toBe(true);
    expect(fault?.appliedMs).toBeGreaterThanOrEqual(2_990);
    expect(fault?.during.planned).toBeGreaterThan(0);
  });

  it('audits every invariant on what customers were told', () => {
    const { audit } = onlyReport(ended);
    expect(audit.isDrained).toBe(true);
    expect(audit.operationsCount).toBeGreaterThan(50);
    expect(audit.invariants.map(({ answer }) => answer)).toEqual(audit.invariants.map(() => 'holds'));
    expect(audit.invariants.length).toBeGreaterThanOrEqual(4);
  });

  it('shares no port, folder or queue with one beside it, whose database was killed and lost nothing', async () => {
    for (const { audit } of [onlyReport(ended), onlyReport(beside)]) {
      // Two shops on two cores may starve the generator, which says so; what was stored must hold all the same.
      expect(audit.isDrained).toBe(true);
      expect(audit.invariants.filter(({ answer }) => answer !== 'holds')).toEqual([]);
    }
    const [kill] = onlyReport(beside).faults;
    expect(kill).toMatchObject({ id: 'kill', hits: 1, isVerified: true });
    await expectNothingLeft('test-beside');
  });

  it('leaves a run directory that can be audited again, and nothing else', async () => {
    const [run] = await readdir(join(folder, 'runs'));
    const runFolder = join(folder, 'runs', run ?? '');
    for (const { file } of runFiles) expect(existsSync(join(runFolder, file)), file).toBe(true);
    const again = await runCli(['audit', runFolder, '--json']);
    expect(again.code).toBe(0);
    expect(ports.length).toBeGreaterThan(8);
    await expectNothingLeft('test-whole', ports);
  });

  it('shows itself to metrics systems while a fault is on', () => {
    const families = readOpenMetrics(scraped);
    const valueOf = (name: string, label: string, value: string): number | undefined =>
      families.get(name)?.samples.find(({ labels }) => labels[label] === value)?.value;
    expect(valueOf('stormcart_fault_active', 'fault', 'hole')).toBe(1);
    expect(valueOf('stormcart_process_up', 'process', 'catalog/1')).toBe(1);
    const answered = families.get('http_client_request_duration_seconds')?.samples ?? [];
    expect(answered.length).toBeGreaterThan(0);
  });

  it('writes the same counts for people, programs, metrics systems and HdrHistogram readers', async () => {
    const [run] = await readdir(join(folder, 'runs'));
    const read = (file: string): Promise<string> => readFile(join(folder, 'runs', run ?? '', file), 'utf8');
    const report = onlyReport(ended);
    const written: unknown = JSON.parse(await read('report.json'));
    expect(written).toEqual(report);
    expect(reportFormat.parse(written)).toEqual(written);
    const { planned, dropped } = report.load.ledger;
    const reader = new HistogramLogReader(await read('latency.hlog'));
    let logged = 0;
    for (let part = reader.nextIntervalHistogram(); part !== null; part = reader.nextIntervalHistogram())
      logged += part.totalCount;
    expect(logged).toBe(planned - dropped);
    const requests = readOpenMetrics(await read('metrics.txt')).get('stormcart_requests')?.samples ?? [];
    expect(requests.reduce((sum, { value }) => sum + value, 0)).toBe(planned);
    expect(report.series.steps.reduce((sum, step) => sum + step.planned, 0)).toBe(planned);
    expect((await read('slices.csv')).trimEnd().split('\r\n')).toHaveLength(
      1 + report.availability.slices.length,
    );
    expect(readXml(await read('junit.xml')).name).toBe('testsuites');
    expect(await read('report.html')).toContain(report.scenario.hypothesis);
  });

  it('finds a recorded history that was tampered with', async () => {
    const [run] = await readdir(join(folder, 'runs'));
    const file = join(folder, 'runs', run ?? '', 'snapshot.json');
    const text = await readFile(file, 'utf8');
    const snapshot = JSON.parse(text) as { readonly orders: readonly unknown[] };
    // As if the newest order had been acknowledged and lost.
    await writeFile(file, JSON.stringify({ ...snapshot, orders: snapshot.orders.slice(0, -1) }));
    const { code, stdout } = await runCli(['audit', join(folder, 'runs', run ?? '')]);
    await writeFile(file, text);
    expect(stdout).toContain('VIOLATED');
    expect(code).toBe(1);
  });
});

// Each mostly waits for something of its own.
describe.concurrent('a drill that is interrupted in the middle of a fault', () => {
  it('reverts the fault and ends with 130 on Ctrl-C', async () => {
    // The lease alone would end the fault a minute later.
    const longer = ['--set', 'load.stages.1.for=80s', '--set', 'faults.hole.for=60s'];
    const drill = startCli(['run', await write('test-interrupted'), ...longer, '--json', ...runFlags()]);
    await drill.said('fault on');
    const ports = await portsOfRuns('test-interrupted');
    drill.child.kill('SIGINT');
    const ended = await drill.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('fault off');
    const report = onlyReport(ended);
    expect(report.verdict).toBe('interrupted');
    const [fault] = report.faults;
    expect(fault?.isVerified).toBe(true);
    expect((fault?.revertedMs ?? Infinity) - (fault?.appliedMs ?? 0)).toBeLessThan(30_000);
    await expectNothingLeft('test-interrupted', ports);
  });

  it('leaves nothing when it is killed with -9', async () => {
    const drill = startCli(['run', await write('test-killed'), ...runFlags()]);
    await drill.said('fault on');
    const ports = await portsOfRuns('test-killed');
    expect(ports.length).toBeGreaterThan(8);
    drill.child.kill('SIGKILL');
    await drill.ended;
    await expectNothingLeft('test-killed', ports);
  });

  it('ends with 130 when it is interrupted while booting', async () => {
    const drill = startCli(['run', await write('test-early'), ...runFlags()]);
    await drill.said('redis ready');
    drill.child.kill('SIGINT');
    expect((await drill.ended).code).toBe(130);
    await expectNothingLeft('test-early');
  });
});

describe.concurrent('a drill whose fault proxy dies', () => {
  it('ends with 4, because what it measured is not the shop', async () => {
    const longer = ['--set', 'load.stages.1.for=80s', '--set', 'faults.hole.for=60s'];
    const drill = startCli(['run', await write('test-proxyless'), ...longer, ...runFlags()]);
    await drill.said('fault on');
    const proxy = (await processesOfRuns('test-proxyless')).find((line) =>
      line.includes('chaos/src/proxy/main.ts'),
    );
    process.kill(Number.parseInt(proxy ?? '', 10), 'SIGKILL');
    const { code, stderr } = await drill.ended;
    expect(stderr).toContain('the fault proxy died');
    expect(code).toBe(4);
    await expectNothingLeft('test-proxyless');
  });
});

describe.concurrent('the audit', () => {
  it('finds a worker that takes orders off its outbox without sending them, and names an order', async () => {
    const silentRelay = change(
      'worker/outbox-relay.ts',
      'publisher.publish(row.topic, {',
      "Promise.resolve({ kind: 'confirmed' as const }) ?? publisher.publish(row.topic, {",
    );
    const checkout = await mutateCheckout(silentRelay, ...drillKinds['relay-cut'].setting);
    try {
      const gate = 'max < 1ms';
      const file = await write('test-mutant', gate);
      const summary = join(folder, 'summary.md');
      const ended = await runCli(['run', file, '--json', '--github', ...runFlags()], {
        checkout: checkout.folder,
        env: { GITHUB_STEP_SUMMARY: summary },
      });
      const report = onlyReport(ended);
      expect(ended.code).toBe(1);
      expect(report.verdict).toBe('fail');
      const violated = report.audit.invariants.filter(({ answer }) => answer === 'violated');
      expect(violated.map(({ name }) => name)).toContain('sagas-ended');
      expect(report.reasons.join('\n')).toMatch(/sagas-ended.*[0-9a-f]{8}-[0-9a-f]{4}/);
      const line = (await readFile(file, 'utf8')).split('\n').indexOf(`  - ${gate}`) + 1;
      // Figures of a starved generator are not believed; what the stores say is.
      const level = report.generator.isSaturated ? 'warning' : 'error';
      expect(ended.stderr).toContain(`::${level} file=${file},line=${line},title=test-mutant%3A ${gate}::`);
      expect(ended.stderr).toContain(`::error file=${file},title=test-mutant%3A sagas-ended::`);
      expect(await readFile(summary, 'utf8')).toMatch(/^## ❌ test-mutant: FAIL\n/);
    } finally {
      await checkout.close();
    }
  });
});
