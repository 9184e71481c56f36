import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guardDisk } from '../workspace/workspace.ts';
import type { Report } from './report.ts';

/** Writes `report.json` into the run directory. */
export async function writeReport(report: Report, runFolder: string): Promise<void> {
  await guardDisk(() => writeFile(join(runFolder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`));
}
