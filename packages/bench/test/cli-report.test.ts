import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportJson } from '../src/report/json/report-json.ts';
import type { Report } from '../src/report/report.ts';
import { type CliOptions, type Ended, runCli } from './fixture/cli.ts';
import { goodText } from './fixture/read-scenario.ts';
import { type Imagined, simulateReport } from './fixture/simulated-drill.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-report-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function runFolderOf(name: string, content: string): Promise<string> {
  const runFolder = join(folder, name);
  await mkdir(runFolder, { recursive: true });
  await writeFile(join(runFolder, 'report.json'), content);
  return runFolder;
}

/** A run of the scenario that lies in a checkout as GitHub makes it. */
async function recorded(name: string, outcome: Imagined['outcome']): Promise<string> {
  const file = join(folder, 'checkout', 'drills', 'redis-blackhole.yaml');
  await mkdir(join(folder, 'checkout', 'drills'), { recursive: true });
  await writeFile(file, goodText);
  const report = simulateReport({ outcome });
  return runFolderOf(name, reportJson({ ...report, scenario: { ...report.scenario, file } }));
}

/** Nothing but what GitHub's runner sets: `runCli` passes no other variable on. */
async function onGithub(args: readonly string[], summary: string, options: CliOptions = {}): Promise<Ended> {
  return runCli(args, {
    ...options,
    env: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: join(folder, 'checkout'),
      GITHUB_STEP_SUMMARY: join(folder, summary),
    },
  });
}

const annotations = (text: string): readonly string[] => text.match(/^::(?:error|warning) .*$/gm) ?? [];
const lineOf = (gate: string): number =>
  goodText.split('\n').findIndex((line) => line.trim() === `- ${gate}`) + 1;

describe('a failing drill on GitHub', () => {
  it('has a summary, an annotation on the line of each missed gate, and ends with 1', async () => {
    const run = await recorded('failing', 'fails');
    const { code, stdout } = await onGithub(['report', run, '--github'], 'failing.md');
    expect(code).toBe(1);
    const errors = annotations(stdout);
    for (const gate of ['availability >= 99%', 'breaker{name=catalog.redis,opened} >= 1']) {
      const place = `::error file=drills/redis-blackhole.yaml,line=${lineOf(gate)},`;
      expect(errors.filter((line) => line.startsWith(place))).toHaveLength(1);
    }
    expect(errors.some((line) => line.includes('product 17 began with 40'))).toBe(true);
    const summary = await readFile(join(folder, 'failing.md'), 'utf8');
    expect(summary).toMatch(/^## ❌ redis-blackhole: FAIL\n/);
    expect(summary).toContain('❌ failed');
  });

  it('keeps standard output one document with --json, and annotates beside it', async () => {
    const run = await recorded('failing', 'fails');
    const { code, stdout, stderr } = await onGithub(['report', run, '--github', '--json'], 'json.md');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).verdict).toBe('fail');
    expect(annotations(stderr).length).toBeGreaterThan(2);
    expect(await readFile(join(folder, 'json.md'), 'utf8')).toContain('FAIL');
  });
});

describe('a drill on GitHub that could not tell', () => {
  it('warns and ends with 3', async () => {
    const run = await recorded('untold', 'cannot be told');
    const { code, stdout } = await onGithub(['report', run, '--github'], 'untold.md');
    expect(code).toBe(3);
    expect(annotations(stdout).every((line) => line.startsWith('::warning '))).toBe(true);
    expect(annotations(stdout).length).toBeGreaterThan(0);
  });
});

describe('--github without a job summary', () => {
  it('prints the summary', async () => {
    const run = await recorded('failing', 'fails');
    const { code, stdout } = await runCli(['report', run, '--github']);
    expect(code).toBe(1);
    expect(stdout).toContain('## ❌ redis-blackhole: FAIL');
  });

  it('is refused with --json, which leaves no place for it, before anything runs', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'steady', '--github', '--json']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('GITHUB_STEP_SUMMARY');
  });

  it('is an error of the environment when the file cannot be written, before anything runs', async () => {
    const { code, stderr } = await onGithub(['run', 'steady', '--github'], 'no/such/folder.md');
    expect(code).toBe(4);
    expect(stderr).toContain('no/such/folder.md');
    expect(stderr).not.toContain('ready');
  });
});

describe('stormcart report', () => {
  it('renders the page and the test results of an earlier run again', async () => {
    const run = await recorded('again', 'passes');
    const { code, stdout } = await onGithub(['report', run, '--github'], 'passing.md');
    expect(code).toBe(0);
    expect(stdout).toContain('PASS');
    expect(annotations(stdout)).toEqual([]);
    expect(await readFile(join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(await readFile(join(run, 'junit.xml'), 'utf8')).toContain('<testsuites>');
  });

  it('says what is wrong with a folder that is none of its own', async () => {
    const { code, stdout, stderr } = await runCli(['report', join(folder, 'absent')]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('is no run directory with a report');
  });
});

it('refuses an address for metrics that is none, and shows how one looks', async () => {
  const { code, stderr } = await runCli(['run', 'steady', '--metrics', '9464']);
  expect(code).toBe(2);
  expect(stderr).toContain('127.0.0.1:9464');
});
