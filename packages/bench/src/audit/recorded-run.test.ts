import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditRecordedRun } from './recorded-run.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-recorded-run-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function auditWith(report: string | undefined) {
  await writeFile(join(folder, 'history.jsonl'), '');
  await writeFile(join(folder, 'snapshot.json'), '{}');
  await rm(join(folder, 'report.json'), { force: true });
  if (report !== undefined) await writeFile(join(folder, 'report.json'), report);
  return auditRecordedRun(folder, []);
}

describe('a history that was cut at the end of a line', () => {
  it('is refused, instead of being held against the system', async () => {
    await expect(auditWith('{"audit": {"operationsCount": 7}}')).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('has 0 operations, and the drill recorded 7'),
    });
  });

  it.each([undefined, '{', '{"audit": 1}', '{"audit": {"operationsCount": 0}}'])(
    'cannot be told without a report that counts: %s',
    async (report) => {
      expect(await auditWith(report)).toEqual({ operationsCount: 0, results: [] });
    },
  );
});
