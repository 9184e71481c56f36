import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  AppError,
  isAlive,
  messageOf,
  pidsOfRun,
  processIdentity,
  signalTree,
  systemCodeOf,
} from '@stormcart/core';

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
}

/** Lies beside each live folder, so that a later start can tell a dead run from a running one. */
interface Claim {
  readonly runId: string;
  readonly pid: number;
  /** Tells the process from a later one with the same pid; absent where the system does not say. */
  readonly identity: string | undefined;
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
    await writeClaim(workspace, runId);
    await ensureFolder(dataFolder);
  });
  return { runId, runFolder, logFolder, dataFolder, claimFile: claimFile(workspace, runId) };
}

export async function closeRun(folders: RunFolders): Promise<void> {
  await rm(folders.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  await rm(folders.claimFile, { force: true });
}

export interface Swept {
  readonly runId: string;
  readonly endedPids: readonly number[];
}

/** Ends and removes what runs whose controller is dead have left. Runs that are under way stay untouched. */
export async function sweep(workspace: Workspace): Promise<readonly Swept[]> {
  // In this order: a run that begins in between is among the live ones and not among the names.
  const names = await readdir(workspace.liveFolder).catch(() => []);
  const live = new Set(await liveRuns(workspace));
  const runIds = new Set(names.filter((name) => !isDraft(name)).map((name) => name.replace(/\.json$/, '')));
  const swept: Swept[] = [];
  for (const runId of runIds) {
    if (live.has(runId)) continue;
    const endedPids = await pidsOfRun(runId);
    for (const pid of endedPids) signalTree(pid, 'SIGKILL');
    await rm(join(workspace.liveFolder, runId), { recursive: true, force: true, maxRetries: 5 });
    await rm(claimFile(workspace, runId), { force: true });
    swept.push({ runId, endedPids });
  }
  return swept;
}

/** The runs that are under way in this workspace. */
export async function liveRuns(workspace: Workspace): Promise<readonly string[]> {
  const names = await readdir(workspace.liveFolder).catch(() => []);
  const claims = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && !isDraft(name))
      .map((name) => readClaim(join(workspace.liveFolder, name))),
  );
  const held = await Promise.all(
    claims.map(async (claim) => (claim !== undefined && (await isHeld(claim)) ? [claim.runId] : [])),
  );
  return held.flat();
}

/** The claim is there before anything else of the run, and whole: what has none is dead to whoever sweeps. */
async function writeClaim(workspace: Workspace, runId: string): Promise<void> {
  const claim: Claim = { runId, pid: process.pid, identity: await processIdentity(process.pid) };
  await ensureFolder(workspace.liveFolder);
  const draft = join(workspace.liveFolder, `${DRAFT_MARK}${runId}`);
  await writeFile(draft, JSON.stringify(claim));
  await rename(draft, claimFile(workspace, runId));
}

function claimFile(workspace: Workspace, runId: string): string {
  return join(workspace.liveFolder, `${runId}.json`);
}

const DRAFT_MARK = '.';

function isDraft(name: string): boolean {
  return name.startsWith(DRAFT_MARK);
}

async function isHeld({ pid, identity }: Claim): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  return identity === undefined || identity === (await processIdentity(pid));
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

async function readClaim(file: string): Promise<Claim | undefined> {
  try {
    const claim: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof claim !== 'object' || claim === null) return undefined;
    if (!('runId' in claim && 'pid' in claim)) return undefined;
    const { runId, pid } = claim;
    const identity = 'identity' in claim && typeof claim.identity === 'string' ? claim.identity : undefined;
    return typeof runId === 'string' && typeof pid === 'number' ? { runId, pid, identity } : undefined;
  } catch {
    // Somebody has removed it meanwhile, or it was damaged: nobody holds it.
    return undefined;
  }
}
