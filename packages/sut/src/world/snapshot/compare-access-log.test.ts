import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareAccessLog } from './compare-access-log.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-access-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const line = (requestId: string, status: number | null): string =>
  JSON.stringify({ time: '2026-01-01T00:00:00Z', requestId, status, durationMs: 1 });

async function compare(lines: readonly string[], told: Readonly<Record<string, number>>) {
  const file = join(folder, 'balancer.log');
  await writeFile(file, lines.map((text) => `${text}\n`).join(''));
  const exchanges = Object.entries(told).map(([requestId, status]) => ({ requestId, status }));
  return compareAccessLog(file, exchanges, new AbortController().signal);
}

it('joins both books by request id and names where they differ', async () => {
  const comparison = await compare(
    [
      'balancer listens on 127.0.0.1:20443',
      line('run-1', 200),
      line('run-2', 200),
      line('run-3', 404),
      line('run-3', 404),
      line('somebody-else', 500),
      '{"requestId":"run-4","sta',
    ],
    { 'run-1': 200, 'run-2': 503, 'run-3': 404, 'run-4': 200 },
  );
  expect(comparison).toEqual({
    answeredCount: 4,
    lineCount: 5,
    lifeCount: 1,
    differingCount: 1,
    differing: [{ requestId: 'run-2', logged: 200, client: 503 }],
    repeatedCount: 1,
    repeated: ['run-3'],
    missingCount: 1,
    missing: ['run-4'],
  });
});

it('names at most fifty and counts all', async () => {
  const told = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`run-${index}`, 200]));
  const { missing, missingCount } = await compare([], told);
  expect([missing.length, missingCount]).toEqual([50, 80]);
});
