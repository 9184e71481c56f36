import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@stormcart/core';
import type { DrillRecord } from '../drill/drill.ts';
import { guardDisk } from '../workspace/workspace.ts';
import { liveFamilies } from './metrics/live-families.ts';
import { openMetricsText } from './metrics/openmetrics.ts';
import { verdictFamilies } from './metrics/verdict-families.ts';
import { reportOutputs } from './output-table.ts';
import type { Report } from './report.ts';
import { slicesCsv } from './slices/slices-csv.ts';

/** Writes the report in all its forms, and what was measured as others read it, into the run directory. */
export async function writeReport(report: Report, record: DrillRecord): Promise<void> {
  const { runFolder } = record.folders;
  await renderOutputs(report, runFolder);
  await writeFiles(runFolder, await recordings(report, record));
}

/** Writes what is made from the report alone; what is there already is replaced. */
export async function renderOutputs(report: Report, folder: string): Promise<void> {
  // One after the other: whatever goes wrong with a rendering, what it was made from is there.
  for (const { file, render } of reportOutputs) await writeFiles(folder, { [file]: render(report) });
}

/** What only the drill itself could write: the report does not hold every slice and every second. */
async function recordings(
  report: Report,
  { performance }: DrillRecord,
): Promise<Readonly<Record<string, string>>> {
  const { measurement, live, zeroMs } = performance;
  const loadStartedWallMs = systemClock.wallMs() - (systemClock.now() - zeroMs);
  const families = [...liveFamilies(live, systemClock.now()), ...verdictFamilies(report)];
  return {
    'latency.hlog': measurement.latencyLog(loadStartedWallMs),
    'slices.csv': slicesCsv(measurement.slices(), measurement.faultWindows()),
    'metrics.txt': await openMetricsText(families, report.scenario.name),
  };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await guardDisk(async () => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
}
