import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanLogs } from './scan-logs.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-scan-'));
  await mkdir(join(folder, 'deep'));
  await writeFile(join(folder, 'account-1.log'), 'fine\nalso fine\nlogin with correct horse\n');
  await writeFile(join(folder, 'deep', 'orders-1.log'), `${'a line\n'.repeat(100_000)}tok_visa\n`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('names file and line of every secret below the folder, and not the secret', async () => {
  const secrets = new Map([
    ['correct horse', 'password'],
    ['tok_visa', 'card'],
  ] as const);
  const scan = await scanLogs(folder, secrets, new AbortController().signal);
  expect(scan).toMatchObject({ secretCount: 2, fileCount: 2, sightingCount: 2 });
  expect(scan.sightings).toEqual([
    { file: 'account-1.log', line: 3, kind: 'password' },
    { file: join('deep', 'orders-1.log'), line: 100_001, kind: 'card' },
  ]);
  expect(JSON.stringify(scan)).not.toMatch(/correct horse|tok_visa/);
});
