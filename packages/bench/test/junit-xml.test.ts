import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { junitXml } from '../src/report/junit/junit-xml.ts';
import { anyReport } from './fixture/any-report.ts';
import { simulateReport } from './fixture/simulated-drill.ts';

const schema = fileURLToPath(new URL('./fixture/junit.xsd', import.meta.url));
const run = promisify(execFile);

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-junit-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What xmllint says of the files; undefined where there is none (Debian: libxml2-utils). */
async function validate(files: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('xmllint', ['--noout', '--schema', schema, ...files])).stderr;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    return code === 'ENOENT' ? undefined : (stderr ?? String(error));
  }
}

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('junit.xml', () => {
  it('is valid by the schema, for the drills there are and for any mixture of answers and texts', async (context) => {
    const reports = [
      ...(['passes', 'fails', 'cannot be told'] as const).map((outcome) => simulateReport({ outcome })),
      ...fc.sample(anyReport, 200),
    ];
    const files = await Promise.all(reports.map((report, index) => write(`${index}.xml`, junitXml(report))));
    const said = await validate(files);
    if (said === undefined) return context.skip('xmllint is missing (apt-get install libxml2-utils)');
    expect(said.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([]);
    expect(said.split('\n').filter((line) => line.endsWith(' validates'))).toHaveLength(reports.length);
  });

  it('would not be, with two cases of one name or with a status that nobody knows', async (context) => {
    const text = junitXml(simulateReport({ outcome: 'fails' }));
    const renamed = text.replaceAll('name="stock-conserved"', 'name="orders-stored-once"');
    const files = [
      await write('twice.xml', renamed),
      await write(
        'unknown.xml',
        text.replaceAll('<failure ', '<broken ').replaceAll('</failure>', '</broken>'),
      ),
    ];
    const said = await validate(files);
    if (said === undefined) return context.skip('xmllint is missing (apt-get install libxml2-utils)');
    expect(said.match(/fails to validate/g)).toHaveLength(2);
  });
});
