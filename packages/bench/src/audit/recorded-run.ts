import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  type Invariant,
  type InvariantResult,
  messageOf,
  type Operation,
  systemCodeOf,
} from '@stormcart/core';
import { z } from 'zod';
import { readHistory } from '../load/history-file.ts';
import { audit, auditUnread } from './audit.ts';

/** What a drill leaves for audits, in its run directory. */
export const HISTORY_FILE = 'history.jsonl';
export const SNAPSHOT_FILE = 'snapshot.json';

export interface RecordedAudit {
  readonly operationsCount: number;
  readonly results: readonly InvariantResult[];
}

/** Audits a run directory again. A missing or corrupt file is a usage error that names it and the line. */
export async function auditRecordedRun(
  folder: string,
  invariants: readonly Invariant[],
): Promise<RecordedAudit> {
  const history = await recordedHistory(folder);
  await refuseShortened(folder, history.length);
  const snapshot = await readSnapshot(join(folder, SNAPSHOT_FILE));
  const results =
    snapshot === undefined
      ? auditUnread(
          invariants,
          `${SNAPSHOT_FILE} is missing: the stores could not be read when the drill ended`,
        )
      : audit(invariants, history, snapshot);
  return { operationsCount: history.length, results };
}

async function recordedHistory(folder: string): Promise<readonly Operation[]> {
  const file = join(folder, HISTORY_FILE);
  try {
    return await collect(readHistory(file));
  } catch (error) {
    if (systemCodeOf(error) === undefined || error instanceof AppError) throw error;
    throw new AppError({
      kind: 'usage',
      code: 'NO_RECORDED_RUN',
      message: `${folder} is no run directory that can be audited: ${messageOf(error)}`,
      hint: 'Drills leave theirs in .stormcart/runs/.',
      cause: error,
    });
  }
}

/** What is missing of a history would be held against the system: stored, and nobody had asked for it. */
async function refuseShortened(folder: string, foundCount: number): Promise<void> {
  const recordedCount = await reportedCount(join(folder, 'report.json'));
  if (foundCount >= recordedCount) return;
  throw new AppError({
    kind: 'usage',
    code: 'SHORTENED_HISTORY',
    message: `${join(folder, HISTORY_FILE)} has ${foundCount} operations, and the drill recorded ${recordedCount}`,
    hint: 'The file was cut after the drill; only a whole one can be audited.',
  });
}

/** How many operations the drill's report tells of; 0 where there is no report that says. */
async function reportedCount(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return reportedAudit.parse(JSON.parse(text)).audit.operationsCount;
  } catch {
    return 0;
  }
}

const reportedAudit = z.looseObject({ audit: z.looseObject({ operationsCount: z.number() }) });

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function readSnapshot(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError({
      kind: 'usage',
      code: 'CORRUPT_SNAPSHOT',
      message: `${file} is not JSON: ${messageOf(error)}`,
      hint: 'The file was cut or changed after the drill; only a whole one can be audited.',
      cause: error,
    });
  }
}
