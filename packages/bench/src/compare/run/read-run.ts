import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import { compareError } from '../compare-error.ts';
import type { MeasuredRun } from './measured-run.ts';
import { readDrillReport } from './read-drill-report.ts';
import { readLoadReport } from './read-load-report.ts';

const REPORT_FILE = 'report.json';
/** A day's drill with a row a second and every outage is a tenth of it. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;

const readers: Readonly<Record<string, (document: unknown, source: string) => MeasuredRun>> = {
  'stormcart-report': readDrillReport,
  'stormcart-load': readLoadReport,
};

/** Reads a run directory, its `report.json`, or what `stormcart load --json` printed. Throws NO_COMPARABLE_RUN. */
export async function readRun(path: string): Promise<MeasuredRun> {
  const source = await reportFileOf(path);
  const document = await readDocument(source);
  const format = formatOf(document);
  const read = Object.hasOwn(readers, format) ? readers[format] : undefined;
  if (read === undefined) {
    const found = format === '' ? 'it has no `format`' : `its format is \`${format}\``;
    throw noRun(source, `${found}; accepted are ${Object.keys(readers).join(' and ')}`);
  }
  try {
    return read(document, source);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    throw noRun(source, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? messageOf(error)}`, error);
  }
}

async function reportFileOf(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, REPORT_FILE) : path;
  } catch (error) {
    throw noRun(path, messageOf(error), error);
  }
}

async function readDocument(file: string): Promise<unknown> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new Error('it is no regular file');
    if (facts.size > LARGEST_FILE_BYTES)
      throw new Error(`it has ${facts.size} bytes, far more than any report`);
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw noRun(file, messageOf(error), error);
  }
}

function formatOf(document: unknown): string {
  if (typeof document !== 'object' || document === null || !('format' in document)) return '';
  return typeof document.format === 'string' ? document.format : '';
}

function noRun(source: string, reason: string, cause?: unknown): Error {
  return compareError({
    kind: 'usage',
    code: 'NO_COMPARABLE_RUN',
    message: `${source} is no run that can be compared: ${reason}`,
    hint: 'Give run directories (.stormcart/runs/…), report.json files, or what `stormcart load --json` printed.',
    ...(cause === undefined ? {} : { cause }),
  });
}
