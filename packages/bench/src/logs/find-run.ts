import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError, messageOf } from '@stormcart/core';

/** The log files of a run: its folder, or `latest`. Throws a usage error that says what is missing. */
export async function findLogFiles(run: string, runsFolder: string): Promise<readonly string[]> {
  const folder = run === 'latest' ? await latestRun(runsFolder) : resolve(run);
  const logs = join(folder, 'logs');
  const names = await readdir(logs).catch((error: unknown) => {
    throw noLogs(folder, messageOf(error));
  });
  const files = names.filter((name) => name.endsWith('.log')).map((name) => join(logs, name));
  if (files.length === 0) throw noLogs(folder, `${logs} holds no .log file`);
  for (const file of files) {
    const { isFile } = await stat(file).then(
      (found) => ({ isFile: found.isFile() }),
      () => ({ isFile: false }),
    );
    if (!isFile) throw noLogs(folder, `${file} is no file`);
  }
  return files.toSorted((left, right) => left.localeCompare(right));
}

/** Names of runs begin with their time, so the last in order is the latest. */
async function latestRun(runsFolder: string): Promise<string> {
  const names = await readdir(runsFolder).catch(() => []);
  const latest = names.toSorted((left, right) => left.localeCompare(right)).at(-1);
  if (latest !== undefined) return join(runsFolder, latest);
  throw new AppError({
    kind: 'usage',
    code: 'NO_RUN',
    message: `there is no run in ${runsFolder}`,
    hint: 'Run a drill first: `stormcart run scenarios/redis-blackhole.yaml`, or name a run directory with --run.',
  });
}

function noLogs(folder: string, reason: string): AppError {
  return new AppError({
    kind: 'usage',
    code: 'NO_LOGS',
    message: `${folder} has no logs to read: ${reason}`,
    hint: 'A run directory holds a folder `logs`; `ls .stormcart/runs` lists the runs of this checkout.',
  });
}
