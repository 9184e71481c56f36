import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processIdentity } from '@stormcart/core';

/** Lies beside each live folder, so that a later start can tell a dead run from a running one. */
interface Claim {
  readonly runId: string;
  readonly pid: number;
  /** Tells the process from a later one with the same pid; absent where the system does not say. */
  readonly identity: string | undefined;
}

export function claimFile(liveFolder: string, runId: string): string {
  return join(liveFolder, `${runId}${CLAIM_ENDING}`);
}

export function journalFile(liveFolder: string, runId: string): string {
  return join(liveFolder, `${runId}${JOURNAL_ENDING}`);
}

const CLAIM_ENDING = '.json';
const JOURNAL_ENDING = '.journal';
const DRAFT_MARK = '.';

/** Everything that runs, dead or alive, have in the folder, by run. */
export async function runsIn(liveFolder: string): Promise<readonly string[]> {
  const names = await readdir(liveFolder).catch(() => []);
  const runIds = names
    .filter((name) => !name.startsWith(DRAFT_MARK))
    .map((name) => [CLAIM_ENDING, JOURNAL_ENDING].reduce(withoutEnding, name));
  return [...new Set(runIds)];
}

function withoutEnding(name: string, ending: string): string {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}

/** The runs whose controller lives. */
export async function claimedRuns(liveFolder: string): Promise<readonly string[]> {
  const names = await readdir(liveFolder).catch(() => []);
  const claims = await Promise.all(
    names
      .filter((name) => name.endsWith(CLAIM_ENDING) && !name.startsWith(DRAFT_MARK))
      .map((name) => readClaim(join(liveFolder, name))),
  );
  const held = await Promise.all(
    claims.map(async (claim) => (claim !== undefined && (await isHeld(claim)) ? [claim.runId] : [])),
  );
  return held.flat();
}

/** The claim is there before anything else of the run, and whole: what has none is dead to whoever sweeps. */
export async function writeClaim(liveFolder: string, runId: string): Promise<void> {
  const claim: Claim = { runId, pid: process.pid, identity: await processIdentity(process.pid) };
  const draft = join(liveFolder, `${DRAFT_MARK}${runId}`);
  await writeFile(draft, JSON.stringify(claim));
  await rename(draft, claimFile(liveFolder, runId));
}

async function isHeld({ pid, identity }: Claim): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  return identity === undefined || identity === (await processIdentity(pid));
}

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
