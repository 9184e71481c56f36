import { mkdir, rm, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError, messageOf, systemCodeOf } from '@stormcart/core';
import { claimFile, journalFile, writeClaim } from './claim.ts';

/** Where Stormcart keeps what it writes, below the folder it is started in. */
export interface Workspace {
  readonly root: string;
  /** One folder per drill, kept: reports, histories, logs. */
  readonly runsFolder: string;
  /** One folder per run that is under way: data of the stores, gone with the run. */
  readonly liveFolder: string;
  /** What the next run can use again: store templates. */
  readonly cacheFolder: string;
}

/** The folders of one run that is under way. */
export interface RunFolders {
  readonly runId: string;
  /** Kept: report, history, logs. */
  readonly runFolder: string;
  readonly logFolder: string;
  /** Removed when the run ends. */
  readonly dataFolder: string;
  /** Says who holds the run; removed last. */
  readonly claimFile: string;
  /** How to undo what its faults did; there from the first fault until nothing of any fault is left. */
  readonly journalFile: string;
}

/** A warm boot copies about 150 MB of templates; a cold one makes them as well. */
const NEEDED_BYTES = 600 * 1024 * 1024;

export function openWorkspace(root = resolve('.stormcart'), runsFolder?: string): Workspace {
  return {
    root,
    runsFolder: runsFolder === undefined ? join(root, 'runs') : resolve(runsFolder),
    liveFolder: join(root, 'live'),
    cacheFolder: join(root, 'cache'),
  };
}

/** Makes a run's folders; the name says when and what, so that a listing reads as a diary. */
export async function openRun(workspace: Workspace, title: string, now: Date): Promise<RunFolders> {
  await checkSpace(workspace.root);
  const stamp = now.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
  const runFolder = await makeFresh(workspace.runsFolder, `${stamp}-${title}`);
  // Random, because two checkouts may start a run of the same name in the same second.
  const runId = `${stamp}-${title}-${crypto.randomUUID().slice(0, 8)}`;
  const dataFolder = join(workspace.liveFolder, runId);
  const logFolder = join(runFolder, 'logs');
  await guardDisk(async () => {
    await ensureFolder(logFolder);
    await ensureFolder(workspace.liveFolder);
    await writeClaim(workspace.liveFolder, runId);
    await ensureFolder(dataFolder);
  });
  return {
    runId,
    runFolder,
    logFolder,
    dataFolder,
    claimFile: claimFile(workspace.liveFolder, runId),
    journalFile: journalFile(workspace.liveFolder, runId),
  };
}

/** The journal is not its business: it goes when nothing is left to undo, and stays otherwise. */
export async function closeRun(folders: RunFolders): Promise<void> {
  await rm(folders.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  await rm(folders.claimFile, { force: true });
}

/** Turns what a full or read-only disk throws into an error that says what to do. */
export async function guardDisk<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw diskError(error) ?? error;
  }
}

function diskError(error: unknown): AppError | undefined {
  switch (systemCodeOf(error) ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull('the disk is full', error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'ENOENT':
    case 'EEXIST':
      return new AppError({
        kind: 'environment',
        code: 'NOT_WRITABLE',
        message: `cannot write below the working folder: ${messageOf(error)}`,
        hint: 'Run from a folder you may write to, or give one with --out DIR.',
        cause: error,
      });
    default:
      return undefined;
  }
}

async function checkSpace(root: string): Promise<void> {
  await guardDisk(() => ensureFolder(root));
  const { bavail, bsize } = await statfs(root);
  const freeBytes = bavail * bsize;
  if (freeBytes < NEEDED_BYTES) {
    throw diskFull(
      `${root} has ${mebibytes(freeBytes)} MiB left, a drill needs ${mebibytes(NEEDED_BYTES)} MiB`,
    );
  }
}

function diskFull(message: string, cause?: unknown): AppError {
  return new AppError({
    kind: 'environment',
    code: 'DISK_FULL',
    message,
    hint: 'Free some space; `stormcart clean --runs` removes the reports of earlier drills, `--cache` the store templates.',
    cause,
  });
}

function mebibytes(count: number): number {
  return Math.floor(count / 1_048_576);
}

/**
 * Makes a folder and those above it. Not `mkdir({recursive})`: below /proc, where a folder can neither be made nor
 * said to exist, Node 26 tries for ever.
 */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    switch (systemCodeOf(error) ?? '') {
      case 'EEXIST':
        return;
      case 'ENOENT':
        if (dirname(folder) === folder) throw error;
        await ensureFolder(dirname(folder));
        await mkdir(folder).catch((again: unknown) => {
          // Another run has made it meanwhile.
          if (systemCodeOf(again) !== 'EEXIST') throw again;
        });
        return;
      default:
        throw error;
    }
  }
}

async function makeFresh(parent: string, name: string): Promise<string> {
  await guardDisk(() => ensureFolder(parent));
  for (let attempt = 1; attempt <= MAX_SAME_SECOND; attempt += 1) {
    const folder = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw diskError(error) ?? error;
    }
  }
  throw new AppError({
    kind: 'environment',
    code: 'RUN_FOLDER_TAKEN',
    message: `${MAX_SAME_SECOND} runs named ${name} exist already`,
  });
}

/** Runs of one name that start in the same second. */
const MAX_SAME_SECOND = 100;
