import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptsConnections, leasePort, type PortLease, pollUntil } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/report/report.ts';
import { type Ended, processesOfRuns, repository, runCli } from './fixture/cli.ts';

const EXAMPLE = join(repository, 'examples/short-links');
/** Short enough for CI, long enough for a fault of a second. */
const FLAGS = ['--scale', '0.6'];
const BOOT_TIMEOUT_MS = 20_000;

let folder = '';

beforeAll(async () => {
  // Inside the checkout, where a module finds Stormcart's packages.
  const own = join(repository, '.stormcart');
  await mkdir(own, { recursive: true });
  folder = await mkdtemp(join(own, 'test-own-system-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const runsFolder = (): string => join(folder, 'runs');

function onlyReport({ stdout, stderr }: Ended): Report {
  if (stdout === '') throw new Error(stderr);
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly Report[] };
  const [report] = runs;
  if (report === undefined) throw new Error(stderr);
  return report;
}

/** On a machine that starves the generator nobody can tell; what was stored and broken must be right all the same. */
function expectPassed(report: Report): void {
  expect(report.verdict, report.reasons.join('\n')).toBe(
    report.generator.isSaturated ? 'inconclusive' : 'pass',
  );
}

describe('a drill of a system from a module', () => {
  it('boots it, breaks its links and processes, and audits its invariant', async () => {
    const file = join(EXAMPLE, 'slow-redis.yaml');
    const report = onlyReport(await runCli(['run', file, '--json', ...FLAGS, '--out', runsFolder()]));
    expectPassed(report);
    expect(report.faults.map(({ id, hits, isVerified }) => [id, hits > 0, isVerified])).toEqual([
      ['slow', true, true],
      ['crash', true, true],
    ]);
    // Two services and a Redis worked, for whole milliseconds of CPU.
    expect(report.cpu?.systemMs).toBeGreaterThan(0);
    const [kept] = report.audit.invariants;
    expect(kept).toMatchObject({ name: 'links-kept', answer: 'holds' });
    expect(kept?.checkedCount).toBeGreaterThan(10);
    expect(await processesOfRuns('slow-redis')).toEqual([]);
    const [run] = (await readdir(runsFolder())).filter((name) => name.includes('slow-redis'));
    const again = await runCli(['audit', join(runsFolder(), run ?? ''), '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ invariants: [{ name: 'links-kept', answer: 'holds' }] });
  });

  it('is the starter of `init --own`, as it is written', async () => {
    const own = join(folder, 'starter');
    const written = await runCli(['init', '--own', own]);
    expect(written.code).toBe(0);
    const scenario = join(own, 'first.yaml');
    const flags = ['--scale', '0.3', '--json', '--out', runsFolder()];
    const report = onlyReport(await runCli(['run', scenario, ...flags]));
    expect(report.load.ledger.planned).toBe(180);
    expect(report.faults.map(({ hits }) => hits > 0)).toEqual([true, true]);
    expect((await runCli(['init', '--own', own])).code).toBe(2);
  });
});

describe('a drill of a system that runs already', () => {
  const children: ChildProcess[] = [];
  const leases: PortLease[] = [];
  let ports: readonly number[] = [];

  beforeAll(async () => {
    for (let count = 0; count < 4; count += 1) leases.push(await leasePort());
    ports = leases.map(({ port }) => port);
    const [entry = 0, links = 0, redis = 0, listen = 0] = ports;
    const start = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): void => {
      children.push(
        spawn(command, args, { cwd: folder, stdio: 'ignore', env: { PATH: process.env['PATH'], ...env } }),
      );
    };
    start('redis-server', ['--port', String(redis), '--bind', '127.0.0.1', '--save', ''], {});
    // Where it connects to nobody listens before the drill does.
    start(process.execPath, [join(EXAMPLE, 'links.ts')], { PORT: String(links), REDIS_PORT: String(listen) });
    start(process.execPath, [join(EXAMPLE, 'web.ts')], {
      PORT: String(entry),
      LINKS_URL: `http://127.0.0.1:${links}`,
    });
    await pollUntil(
      async () =>
        (await Promise.all([entry, links, redis].map((port) => acceptsConnections('127.0.0.1', port)))).every(
          Boolean,
        ),
      { everyMs: 50, signal: AbortSignal.timeout(BOOT_TIMEOUT_MS) },
    );
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const lease of leases) await lease.close();
  });

  const runExternal = (...flags: readonly string[]): Promise<Ended> => {
    const [entry, , redis, listen] = ports;
    const set = [
      `external.entry=http://127.0.0.1:${entry}`,
      `external.links.links->redis.upstream=127.0.0.1:${redis}`,
      `external.links.links->redis.listen=127.0.0.1:${listen}`,
    ].flatMap((override) => ['--set', override]);
    const file = join(EXAMPLE, 'running.yaml');
    return runCli(['run', file, '--json', ...FLAGS, '--out', runsFolder(), ...set, ...flags]);
  };

  it('sends the plain requests, and delays the link that leads through Stormcart', async () => {
    const report = onlyReport(await runExternal());
    expectPassed(report);
    expect(report.load.ledger.ok).toBe(report.load.ledger.planned);
    expect(report.routes.map(({ name, planned }) => [name, planned > 0])).toEqual([
      ['shorten', true],
      ['missing', true],
    ]);
    const slow = report.faults[0];
    expect(slow).toMatchObject({ id: 'slow', isVerified: true });
    // Both requests ask Redis once, so half of those in the fault wait for it.
    const calm = report.phases.find(({ name }) => name === 'baseline')?.latency?.p50Ms ?? Infinity;
    expect(slow?.during.latency?.p50Ms).toBeGreaterThan(calm + 200);
  });

  it('ends with 4 and says so when its address for a link is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runExternal(
      '--set',
      `external.links.links->redis.listen=127.0.0.1:${port}`,
    );
    taken.close();
    expect(stderr).toMatch(new RegExp(`links->redis cannot be led through 127.0.0.1:${port}`));
    expect(stderr).toMatch(/EADDRINUSE|address already in use/);
    expect(code).toBe(4);
  });
});

describe('a scenario whose system cannot be had', () => {
  it.each([
    ['a module that is not there', './none.ts', /drill\.yaml:3:6: there is no file .*none\.ts/],
    [
      'a module that is no system',
      './wrong.mjs',
      /drill\.yaml:3:6: .*no default export and none named `system`; it exports sytem/,
    ],
    // The command ends all the same: what a module opens while it is imported, nobody closes.
    ['a module that keeps a timer', './timer.mjs', /drill\.yaml:3:6: .*no default export/],
  ])('ends with 2 and the line for %s', async (_, sut, message) => {
    await writeFile(join(folder, 'wrong.mjs'), 'export const sytem = {};\n');
    await writeFile(join(folder, 'timer.mjs'), 'setInterval(() => {}, 60_000);\n');
    const file = join(folder, 'drill.yaml');
    await writeFile(
      file,
      `version: 1\nname: none\nsut: ${sut}\nload: {mix: {a: 1}, stages: [{for: 1s, rate: 1/s}]}\n`,
    );
    const { code, stderr } = await runCli(['validate', file]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(code).toBe(2);
  });

  it('passes validation as `init --external` writes it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'stormcart-external-')), 'external.yaml');
    expect((await runCli(['init', '--external', file])).code).toBe(0);
    const { code, stderr } = await runCli(['validate', file]);
    await rm(join(file, '..'), { recursive: true });
    expect(stderr).toBe(`ok ${file}\n`);
    expect(code).toBe(0);
  });
});
