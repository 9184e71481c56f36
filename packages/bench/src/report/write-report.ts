import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@stormcart/core';
import type { DrillRecord } from '../drill/drill.ts';
import { guardDisk } from '../workspace/workspace.ts';
import type { Report } from './report.ts';

/** Writes `report.json` and `latency.hlog` into the run directory. */
export async function writeReport(report: Report, { folders, performance }: DrillRecord): Promise<void> {
  const loadStartedWallMs = systemClock.wallMs() - (systemClock.now() - performance.zeroMs);
  const files = {
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'latency.hlog': performance.measurement.latencyLog(loadStartedWallMs),
  };
  await guardDisk(async () => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folders.runFolder, name), text);
  });
}
