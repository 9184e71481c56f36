import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateReport } from '../../test/fixture/simulated-drill.ts';
import { reportJson } from './json/report-json.ts';
import { readReport } from './read-report.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-read-report-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string): Promise<unknown> {
  await writeFile(join(folder, 'report.json'), content);
  return readReport(folder);
}

describe('a report that is read back', () => {
  it('is what was written', async () => {
    const report = simulateReport({ outcome: 'fails' });
    expect(await read(reportJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it.each([
    ['half a file', '{"format": "storm', 'it is not JSON'],
    ['an empty file', '', 'it is not JSON'],
    ['another version', '{"format": "stormcart-report", "version": 2}', 'version: '],
    ['other JSON', '[]', 'the file: '],
  ])('is refused as %s, with the reason', async (_name, content, reason) => {
    await expect(read(content)).rejects.toMatchObject({
      kind: 'usage',
      code: 'UNREADABLE_REPORT',
      message: expect.stringContaining(reason),
    });
  });

  it('is refused where there is none', async () => {
    await expect(readReport(join(folder, 'absent'))).rejects.toMatchObject({
      kind: 'usage',
      code: 'NO_REPORT',
    });
  });
});
