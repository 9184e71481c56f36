import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '@stormcart/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHistoryWriter, readHistory } from './history-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-history-'));
  path = join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function operation(index: number): Operation {
  return {
    index,
    action: 'order.create',
    key: `k-${index}`,
    journey: 'checkout',
    customer: 'visit-1',
    sentMs: index,
    endedMs: index + 0.25,
    outcome: 'ok',
    status: 201,
    input: { sku: 'Ä\n"' },
    output: { id: index },
  };
}

async function readAll(): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  for await (const one of readHistory(path)) operations.push(one);
  return operations;
}

it('reads back what was written, in order, also what spans many pieces', async () => {
  const operations = Array.from({ length: 2_000 }, (_, index) => operation(index + 1));
  const writer = createHistoryWriter(path);
  for (const one of operations) writer.write(one);
  await writer.close();
  expect(await readAll()).toEqual(operations);
});

it('writes an empty file for a drill without operations', async () => {
  await createHistoryWriter(path).close();
  expect(await readAll()).toEqual([]);
});

it.each([
  ['half a line', '{"index":1,"act'],
  ['a missing member', JSON.stringify({ ...operation(2), key: undefined })],
  ['an unknown outcome', JSON.stringify({ ...operation(2), outcome: 'maybe' })],
  ['something else', '[]'],
  ['an empty line', ''],
])('names the line that holds %s', async (_what, line) => {
  await writeFile(path, `${JSON.stringify(operation(1))}\n`);
  await appendFile(path, `${line}\n${JSON.stringify(operation(3))}\n`);
  await expect(readAll()).rejects.toMatchObject({ code: 'CORRUPT_HISTORY', details: { path, line: 2 } });
});

it('tells that the file could not be written, and never while writing', async () => {
  const writer = createHistoryWriter(join(folder, 'no', 'such', 'folder.jsonl'));
  writer.write(operation(1));
  await expect(writer.close()).rejects.toMatchObject({ code: 'HISTORY_WRITE_FAILED', kind: 'environment' });
});

it('rejects for a file that is not there', async () => {
  await expect(readAll()).rejects.toMatchObject({ code: 'ENOENT' });
});
