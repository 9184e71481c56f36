import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { settleJournal } from '@stormcart/chaos';
import { pidsOfRun, signalTree } from '@stormcart/core';
import { claimedRuns, claimFile, journalFile, runsIn } from './claim.ts';
import type { Workspace } from './workspace.ts';

/** What was left of a dead run, and what became of it. */
export interface Swept {
  readonly runId: string;
  readonly endedPids: readonly number[];
  /** What its faults had left and is gone now, for people: `let process 17 go on`. */
  readonly undone: readonly string[];
  /** What its faults have left and may still be there: sentences. Its journal stays, so that later starts try again. */
  readonly problems: readonly string[];
  readonly journalFile: string;
}

/**
 * Ends and removes what runs whose controller is dead have left, their faults included. Runs that are under way stay
 * untouched. Processes first: what was changed in a process of the run needs no undoing once it is gone.
 */
export async function sweep({ liveFolder }: Workspace): Promise<readonly Swept[]> {
  // In this order: a run that begins in between is among the live ones and not among the names.
  const runIds = await runsIn(liveFolder);
  const live = new Set(await claimedRuns(liveFolder));
  const swept: Swept[] = [];
  for (const runId of runIds) {
    if (live.has(runId)) continue;
    const endedPids = await pidsOfRun(runId);
    for (const pid of endedPids) signalTree(pid, 'SIGKILL');
    await rm(join(liveFolder, runId), { recursive: true, force: true, maxRetries: 5 });
    const journal = journalFile(liveFolder, runId);
    const { undone, problems } = (await settleJournal(journal)) ?? { undone: [], problems: [] };
    await rm(claimFile(liveFolder, runId), { force: true });
    swept.push({ runId, endedPids, undone, problems, journalFile: journal });
  }
  return swept;
}

/** The runs that are under way in this workspace. */
export function liveRuns({ liveFolder }: Workspace): Promise<readonly string[]> {
  return claimedRuns(liveFolder);
}
