import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyReport, nastyText } from '../../../test/fixture/any-report.ts';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import { type Check, checksOf } from '../check/check.ts';
import type { Report } from '../report.ts';
import { annotationsOf, workflowCommand } from './annotation.ts';
import { type GithubOptions, openGithubOutput } from './github-output.ts';
import { jobSummary } from './job-summary.ts';
import { plainText } from './markdown.ts';

const place = { scenario: 'hole', file: 'scenarios/hole.yaml' };
const failing = simulateReport({ outcome: 'fails' });

const unescape = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

/** Reads a command as GitHub's runner does. */
function readCommand(line: string): Readonly<Record<string, string>> {
  const [, command = '', written = '', data = ''] = /^::(\w+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  const properties = written.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, unescape(value.join('='))];
  });
  return { ...Object.fromEntries(properties), command, data: unescape(data) };
}

describe('an annotation', () => {
  it('stands on the line of the gate that failed', () => {
    const commands = annotationsOf(checksOf(failing), place).map(workflowCommand);
    expect(commands).toContainEqual(
      expect.stringMatching(
        /^::error file=scenarios\/hole\.yaml,line=20,title=hole%3A availability >= 99%25::availability >= 99%25: failed/,
      ),
    );
  });

  it('comes back from the runner as it was, on one line', () => {
    fc.assert(
      fc.property(nastyText, nastyText, (title, message) => {
        const line = workflowCommand({ level: 'error', title, message, file: 'a,b:c%.yaml', line: 3 });
        expect(line).not.toMatch(/[\r\n]/);
        expect(readCommand(line)).toEqual({
          command: 'error',
          file: 'a,b:c%.yaml',
          line: '3',
          ...(title === '' ? {} : { title }),
          data: message,
        });
      }),
    );
  });

  it('is a warning where the drill could not tell, and there is none where it passed', () => {
    const levels = (report: Report): readonly string[] =>
      annotationsOf(checksOf(report), place).map(({ level }) => level);
    expect(levels(simulateReport({ outcome: 'passes' }))).toEqual([]);
    expect(new Set(levels(simulateReport({ outcome: 'cannot be told' })))).toEqual(new Set(['warning']));
  });

  it('stands for the rest when there are more than GitHub shows', () => {
    const checks = Array.from({ length: 14 }, (_, index): Check => {
      return { group: 'gates', name: `gate ${index}`, state: 'failed', reason: 'missed', details: [] };
    });
    const annotations = annotationsOf(checks, place);
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)?.message).toBe('5 more findings: see the job summary');
  });
});

describe('the job summary', () => {
  it('says the verdict first, then why, then what it rests on', () => {
    const text = jobSummary(failing);
    expect(text).toMatch(/^## ❌ redis-blackhole: FAIL\n/);
    for (const part of ['### Gates', '### What broke', '### Audit', 'product 17', 'outage']) {
      expect(text).toContain(part);
    }
  });

  it('shows texts of a scenario as they are, and lets none of them become markup', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const written = plainText(text);
        expect(written).not.toMatch(/[<>|`*_[\]\\@]/);
        expect(written).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('cuts off what held, when there are more gates than rows, and a hypothesis that nobody wrote', () => {
    const [gate] = failing.gates;
    const gates = Array.from({ length: 30 }, (_, index) => ({
      ...gate,
      text: `max < ${index}s`,
      kind: index < 25 ? 'pass' : 'fail',
    })) as unknown as Report['gates'];
    const scenario = { ...failing.scenario, hypothesis: '' };
    const summary = jobSummary({ ...failing, gates, scenario, reasons: [] });
    expect(summary).toContain('| and ');
    expect(summary.match(/❌ failed \| <code>max/g)).toHaveLength(5);
    expect(summary).not.toMatch(/^>/m);
  });

  it('keeps every table whole, whatever the texts', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const blocks = jobSummary(report).split('\n\n');
        for (const block of blocks.filter((each) => each.startsWith('|'))) {
          const widths = block.split('\n').map((line) => line.split('|').length);
          expect(new Set(widths).size).toBe(1);
        }
      }),
    );
  });
});

describe('output for GitHub', () => {
  let folder = '';
  const commands: string[] = [];
  const printed: string[] = [];
  const warnings: string[] = [];
  const options = (more: Partial<GithubOptions> = {}): GithubOptions => ({
    summaryFile: undefined,
    workspace: undefined,
    annotate: (line) => void commands.push(line),
    print: (text) => void printed.push(text),
    warn: (text) => void warnings.push(text),
    ...more,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stormcart-github-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('appends to the step summary and keeps what was there', async () => {
    const summaryFile = join(folder, 'summary.md');
    await writeFile(summaryFile, 'from before\n');
    const output = await openGithubOutput(options({ summaryFile }));
    await output.judged(failing);
    await output.failed({ name: 'other', file: 'other.yaml' }, new Error('no | space'));
    const text = await readFile(summaryFile, 'utf8');
    expect(text).toMatch(/^from before\n## ❌/);
    expect(text).toContain('## 💥 other: ERROR');
    expect(commands.at(-1)).toBe('::error file=other.yaml,title=other::no | space');
  });

  it('prints the summary where there is no step summary', async () => {
    await (await openGithubOutput(options())).judged(failing);
    expect(printed.join('')).toContain('## ❌');
  });

  it('names files from the workspace', async () => {
    commands.length = 0;
    const output = await openGithubOutput(options({ workspace: folder }));
    const file = join(folder, 'deep', 'hole.yaml');
    await output.judged({ ...failing, scenario: { ...failing.scenario, file } });
    expect(commands[0]).toContain('file=deep/hole.yaml,');
  });

  it('refuses a summary that cannot be written before anything runs', async () => {
    const opening = openGithubOutput(options({ summaryFile: join(folder, 'no', 'such', 'folder') }));
    await expect(opening).rejects.toMatchObject({ kind: 'environment', code: 'NO_STEP_SUMMARY' });
  });

  it('leaves a section out that would make GitHub drop all of them', async () => {
    const summaryFile = join(folder, 'full.md');
    await writeFile(summaryFile, 'x'.repeat(999_000));
    await (await openGithubOutput(options({ summaryFile }))).judged(failing);
    expect((await readFile(summaryFile)).byteLength).toBe(999_000);
    expect(warnings).toEqual(['the job summary is full: GitHub takes 1 MiB per step']);
  });
});
