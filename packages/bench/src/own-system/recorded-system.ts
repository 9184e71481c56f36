import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Invariant } from '@stormcart/core';
import { z } from 'zod';
import { loadModule } from './load-module.ts';

/** What `report.json` tells of the system that was drilled. */
const recorded = z.looseObject({
  scenario: z.looseObject({ file: z.string(), content: z.record(z.string(), z.string()).optional() }),
});

/**
 * The invariants of the system that a run directory is about; `usual` where the report names no module. Throws
 * NO_SYSTEM when the module is not there any more.
 */
export async function recordedInvariants(
  folder: string,
  usual: readonly Invariant[],
): Promise<readonly Invariant[]> {
  const report = recorded.safeParse(await readReport(folder));
  if (!report.success) return usual;
  const { file, content = {} } = report.data.scenario;
  const { sut } = content;
  if (sut === undefined) return content['external.entry'] === undefined ? usual : [];
  const loaded = await loadModule(sut, file);
  if (loaded.kind === 'ok') return loaded.system.invariants;
  throw new AppError({
    kind: 'usage',
    code: 'NO_SYSTEM',
    message: `the invariants of this run are those of ${sut}, but ${loaded.problem}`,
    hint: `It is looked for beside ${file}, from the folder where this was typed.`,
  });
}

/** Undefined where there is none: a killed drill leaves a history without a report. */
async function readReport(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
