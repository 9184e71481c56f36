import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '@stormcart/core';
import { z } from 'zod';
import { REPORT_FILE } from './output-table.ts';
import { type Report, reportFormat } from './report.ts';

/** The report of a run directory. Throws a usage error that says what is wrong with it. */
export async function readReport(folder: string): Promise<Report> {
  const file = join(folder, REPORT_FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError({
      kind: 'usage',
      code: 'NO_REPORT',
      message: `${folder} is no run directory with a report: ${messageOf(cause)}`,
      hint: 'Drills leave theirs in .stormcart/runs/; one that did not come to a verdict has none.',
      cause,
    });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unusable(file, `it is not JSON: ${messageOf(cause)}`);
  }
  const parsed = reportFormat.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue === undefined ? '' : z.core.toDotPath(issue.path);
  throw unusable(file, `${path === '' ? 'the file' : path}: ${issue?.message ?? 'it is no report'}`);
}

function unusable(file: string, reason: string): AppError {
  return new AppError({
    kind: 'usage',
    code: 'UNREADABLE_REPORT',
    message: `${file} is no report that this version understands: ${reason}`,
    hint: 'It was cut or changed, or another version of Stormcart wrote it; `stormcart schema --report` prints what is expected.',
  });
}
