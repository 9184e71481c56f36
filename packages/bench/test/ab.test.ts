import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AbRecord } from '../src/compare/ab/ab-record.ts';
import type { Comparison } from '../src/compare/comparison.ts';
import { processesOfRuns, repository, runCli, startCli } from './fixture/cli.ts';

let folder = '';
let server: Server;
let url = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-ab-'));
  server = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** The run directory of the comparison that went to this folder. */
async function runFolderIn(out: string): Promise<string> {
  const [run] = await readdir(out);
  if (run === undefined) throw new Error(`nothing in ${out}`);
  return join(out, run);
}

async function recordIn(out: string): Promise<AbRecord> {
  return JSON.parse(await readFile(join(await runFolderIn(out), 'ab.json'), 'utf8')) as AbRecord;
}

async function listWorktrees(): Promise<string> {
  // Of this run only: others may come and go meanwhile.
  const { stdout } = await promisify(execFile)('git', ['-C', repository, 'worktree', 'list']);
  return stdout
    .split('\n')
    .filter((line) => line.includes('ab-slow-redis'))
    .join('\n');
}

describe('a server compared with itself', () => {
  const loads = (out: string, pairs: number): readonly string[] => [
    'ab',
    '--load',
    url,
    '--rate',
    '100/s',
    '--for',
    '300ms',
    '--json',
    '--out',
    out,
    '--pairs',
    String(pairs),
    '--max-pairs',
    String(pairs),
  ];

  it('is measured in pairs, judged, and kept with every run, which can be compared again', async () => {
    const out = join(folder, 'whole');
    const { code, stdout } = await runCli(loads(out, 5));
    const comparison = JSON.parse(stdout) as Comparison;
    expect(comparison.design).toEqual({ kind: 'paired', pairCount: 5 });
    expect(comparison.metrics.map(({ name }) => name)).toEqual([
      'p50',
      'p90',
      'p99',
      'success',
      'throughput',
    ]);
    expect(comparison.metrics.find(({ name }) => name === 'success')).toMatchObject({ base: 1, head: 1 });
    expect(code).toBe(comparison.exitCode);
    const record = await recordIn(out);
    expect(record).toMatchObject({ format: 'stormcart-ab', comparison, sides: { a: url, b: url } });
    expect(record.pairs.map(({ pair }) => pair)).toEqual([1, 2, 3, 4, 5]);

    const runs = (side: 'a' | 'b'): readonly string[] => record.pairs.map((pair) => pair[side]);
    const again = [
      'compare',
      ...runs('a'),
      '--with',
      ...runs('b'),
      '--paired',
      '--metric',
      'success',
      '--json',
    ];
    const compared = await runCli(again);
    const shown = JSON.parse(compared.stdout) as Comparison;
    expect(shown.metrics).toHaveLength(1);
    expect(compared.code).toBe(shown.exitCode);

    const [first = ''] = runs('a');
    const elsewhere = JSON.parse(await readFile(first, 'utf8')) as { environment: Record<string, unknown> };
    elsewhere.environment['cpu'] = 'another';
    await writeFile(first, JSON.stringify(elsewhere));
    const refused = await runCli(again);
    expect(refused.stderr).toMatch(/environment\.cpu: .*another \(base 1\)/);
    expect(refused.code).toBe(2);
    const forced = await runCli([...again, '--force']);
    expect((JSON.parse(forced.stdout) as Comparison).notes.join()).toContain('forced');
  });

  it('keeps what was measured when it is interrupted, and ends with 130', async () => {
    const out = join(folder, 'interrupted');
    const ab = startCli(loads(out, 500));
    await ab.said('pair 4 of');
    ab.child.kill('SIGINT');
    const { code, stdout, stderr } = await ab.ended;
    expect(code, stderr).toBe(130);
    const record = await recordIn(out);
    expect(record.end).toBe('interrupted');
    expect(record.pairs.length).toBeGreaterThanOrEqual(3);
    expect(JSON.parse(stdout)).toMatchObject({ design: { pairCount: record.pairs.length } });
    expect(await processesOfRuns('ab-load')).toEqual([]);
  });
});

describe('a drill of two revisions', () => {
  it('runs each in a worktree of its own and leaves none behind', async () => {
    const out = join(folder, 'revisions');
    const { code, stdout, stderr } = await runCli([
      'ab',
      'examples/short-links/slow-redis.yaml',
      '--a-rev',
      'HEAD',
      '--b',
      'policies.cache=none',
      '--pairs',
      '1',
      '--max-pairs',
      '1',
      '--scale',
      '0.15',
      '--json',
      '--out',
      out,
    ]);
    expect(stdout, stderr).not.toBe('');
    const comparison = JSON.parse(stdout) as Comparison;
    // One pair tells nothing, whatever it shows.
    expect(comparison.verdict).toBe('inconclusive');
    expect(code).toBe(3);
    expect(comparison.differences).toEqual([
      { what: 'policies.cache', values: ['memory (base 1)', 'none (head 1)'] },
    ]);
    const record = await recordIn(out);
    expect(record.sides.a).toMatch(/^HEAD \([0-9a-f]{7}\)$/);
    expect(record.sides.b).toBe('policies.cache=none');
    const [pair] = record.pairs;
    expect(existsSync(pair?.a ?? '') && existsSync(pair?.b ?? '')).toBe(true);
    expect(await listWorktrees()).toBe('');
    expect(await processesOfRuns('slow-redis')).toEqual([]);
  });
});

describe('bad usage', () => {
  it.each([
    [['ab'], /give a scenario, or the address of a server with --load/],
    [['ab', 'steady', '--load', 'http://127.0.0.1:1/'], /not both/],
    [['ab', '--load', 'http://127.0.0.1:1/'], /needs a rate/],
    [['ab', '--load', 'http://127.0.0.1:1/', '--rate', '5/s', '--a', 'x=1'], /need a scenario/],
    [['ab', 'steady', '--a', 'nonsense'], /path=value/],
    [['ab', 'steady', '--a', 'policies.cash=none'], /accepted: cache, payment/],
    [['ab', 'steady', '--a-rev', 'no-such-branch'], /there is no git revision no-such-branch/],
    [['ab', 'steady', '--metric', 'p98'], /did you mean p9\d\?/],
    [['compare', 'a'], /--with/],
    [['compare', '/nonexistent', '--with', '/nonexistent'], /\/nonexistent is no run that can be compared/],
  ])('%j ends with 2 and says what is accepted', async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(code).toBe(2);
  });
});
