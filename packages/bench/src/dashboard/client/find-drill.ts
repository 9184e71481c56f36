import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type AppError, systemCodeOf } from '@stormcart/core';
import { CONTROL_FILE, type ControlFile, controlFileFormat } from '../../control/control-file.ts';
import { suggest } from '../../scenario/suggest.ts';
import { dashboardError } from './dashboard-error.ts';

export interface LiveDrill {
  /** The run directory's name. */
  readonly runName: string;
  readonly control: ControlFile;
}

export type IsAlive = (pid: number) => Promise<boolean>;

/**
 * The drill to attach to: the named run, its directory or its name, or the newest one that runs. Throws NO_LIVE_DRILL
 * with what there is, or BAD_CONTROL_FILE.
 */
export async function findDrill(
  run: string | undefined,
  runsFolder: string,
  isAlive: IsAlive,
): Promise<LiveDrill> {
  return run === undefined ? newest(runsFolder, isAlive) : named(run, runsFolder, isAlive);
}

async function newest(runsFolder: string, isAlive: IsAlive): Promise<LiveDrill> {
  const names = await runNames(runsFolder);
  for (const runName of names) {
    const control = await readControl(join(runsFolder, runName));
    if (control !== undefined && (await isAlive(control.pid))) return { runName, control };
  }
  throw noDrill('no drill is running here', names, runsFolder);
}

async function named(run: string, runsFolder: string, isAlive: IsAlive): Promise<LiveDrill> {
  const names = await runNames(runsFolder);
  const folder = names.includes(run) ? join(runsFolder, run) : resolve(run);
  const runName = basename(folder);
  const control = await readControl(folder);
  if (control === undefined) {
    const isThere = await readdir(folder).then(
      () => true,
      () => false,
    );
    if (isThere) throw noDrill(`${runName} is over: it has no ${CONTROL_FILE}`, names, runsFolder);
    const meant = suggest(run, names);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw noDrill(`there is no run ${run}${hint}`, names, runsFolder);
  }
  if (!(await isAlive(control.pid))) {
    throw noDrill(
      `${runName} does not run any more: its process ${control.pid} is gone without having put ${CONTROL_FILE} away`,
      names,
      runsFolder,
    );
  }
  return { runName, control };
}

/** Names begin with their time: the newest first. */
async function runNames(runsFolder: string): Promise<readonly string[]> {
  const names = await readdir(runsFolder).catch(() => []);
  return names.toSorted((left, right) => right.localeCompare(left));
}

async function readControl(folder: string): Promise<ControlFile | undefined> {
  const file = join(folder, CONTROL_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw badControlFile(file, `cannot be read (${code})`, error);
  }
  try {
    return controlFileFormat.parse(JSON.parse(text));
  } catch (error) {
    throw badControlFile(file, 'is no control file of this version of Stormcart', error);
  }
}

function badControlFile(file: string, what: string, cause: unknown): AppError {
  return dashboardError({
    kind: 'usage',
    code: 'BAD_CONTROL_FILE',
    message: `${file} ${what}`,
    hint: 'It belongs to whoever started the drill, and to the same version; name another run with --attach.',
    cause,
  });
}

/** As many names as fit under an error. */
const NAMES_SHOWN = 10;

function noDrill(message: string, names: readonly string[], runsFolder: string): AppError {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `  ${name}`);
  const more = names.length > NAMES_SHOWN ? [`  and ${names.length - NAMES_SHOWN} older ones`] : [];
  const list =
    names.length === 0 ? [`no run in ${runsFolder}`] : [`runs in ${runsFolder}:`, ...shown, ...more];
  return dashboardError({
    kind: 'usage',
    code: 'NO_LIVE_DRILL',
    message,
    hint: [
      ...list,
      'Start one with `stormcart run scenarios/redis-blackhole.yaml`, then attach from another terminal.',
    ].join('\n'),
  });
}
