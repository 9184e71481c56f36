import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJournal, type JournalRecord, type UndoStep } from '@stormcart/chaos';
import { processIdentity, RUN_MARK } from '@stormcart/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveRuns, sweep } from '../src/workspace/sweep.ts';
import {
  closeRun,
  openRun,
  openWorkspace,
  type RunFolders,
  type Workspace,
} from '../src/workspace/workspace.ts';
import { runCli } from './fixture/cli.ts';

let folder = '';
let workspace: Workspace;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-workspace-'));
  workspace = openWorkspace(join(folder, '.stormcart'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function changeClaim(file: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  const claim = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...claim, ...change }));
}

describe('a run', () => {
  it('has folders of its own, even beside one of the same name in the same second', async () => {
    const now = new Date();
    const [left, right] = await Promise.all([
      openRun(workspace, 'twin', now),
      openRun(workspace, 'twin', now),
    ]);
    expect(left.runFolder).not.toBe(right.runFolder);
    expect(left.dataFolder).not.toBe(right.dataFolder);
    expect((await liveRuns(workspace)).toSorted()).toEqual([left.runId, right.runId].toSorted());
  });

  it('is not swept while its controller lives', async () => {
    const run = await openRun(workspace, 'alive', new Date());
    expect(await sweep(workspace)).toEqual([]);
    expect(existsSync(run.dataFolder)).toBe(true);
  });

  it('leaves its data folder and claim behind for nobody', async () => {
    const run = await openRun(workspace, 'over', new Date());
    await closeRun(run);
    expect(existsSync(run.dataFolder)).toBe(false);
    expect(existsSync(run.claimFile)).toBe(false);
    expect(existsSync(run.runFolder)).toBe(true);
  });
});

describe('what a dead controller left', () => {
  it('is ended and removed, marked processes included', async () => {
    const run = await openRun(workspace, 'dead', new Date());
    const sleeper = spawn('sleep', ['60'], {
      env: { PATH: process.env['PATH'], [RUN_MARK]: run.runId },
      detached: true,
      stdio: 'ignore',
    });
    await once(sleeper, 'spawn');
    const ended = once(sleeper, 'exit');
    // Above every pid that Linux gives out (pid_max is at most 2^22).
    await changeClaim(run.claimFile, { pid: 2 ** 22 + 1 });
    const swept = await sweep(workspace);
    expect(swept).toMatchObject([{ runId: run.runId, endedPids: [sleeper.pid], undone: [], problems: [] }]);
    expect((await ended)[1]).toBe('SIGKILL');
    expect(existsSync(run.dataFolder)).toBe(false);
    expect(existsSync(run.claimFile)).toBe(false);
  });

  it('is recognised although another process has its pid now', async () => {
    const run = await openRun(workspace, 'reused', new Date());
    await changeClaim(run.claimFile, { identity: 'another boot/1' });
    expect((await sweep(workspace)).map(({ runId }) => runId)).toEqual([run.runId]);
  });

  it('is recognised by a damaged claim', async () => {
    const run = await openRun(workspace, 'damaged', new Date());
    await writeFile(run.claimFile, '{"runId":');
    expect((await sweep(workspace)).map(({ runId }) => runId)).toEqual([run.runId]);
  });

  it('is removed by clean, which leaves reports alone while a drill is under way', async () => {
    const dead = await openRun(workspace, 'dead', new Date());
    await changeClaim(dead.claimFile, { pid: 2 ** 22 + 1 });
    const alive = await openRun(workspace, 'alive', new Date());
    const refused = await runCli(['clean', '--runs'], { cwd: folder });
    expect(refused.stderr).toContain(`removed what the dead run ${dead.runId} had left`);
    expect(refused.stderr).toContain(`under way: ${alive.runId}`);
    expect(refused.code).toBe(4);
    expect(existsSync(alive.runFolder)).toBe(true);
    await closeRun(alive);
    const done = await runCli(['clean', '--runs'], { cwd: folder });
    expect(done.code).toBe(0);
    expect(existsSync(workspace.runsFolder)).toBe(false);
  });
});

describe('the faults of a dead drill', () => {
  const nobodysPid = 2 ** 22 + 1;

  /** A dead run with a journal of these lines. */
  async function deadRun(...records: readonly JournalRecord[]): Promise<RunFolders> {
    const run = await openRun(workspace, 'dead', new Date());
    const journal = await createJournal(run.journalFile, run.runId);
    for (const record of records) await journal.append(record);
    journal.close();
    await changeClaim(run.claimFile, { pid: nobodysPid });
    return run;
  }

  it('are undone by the next start, which says so', async () => {
    const sleeper = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    await once(sleeper, 'spawn');
    const pid = sleeper.pid ?? 0;
    const identity = (await processIdentity(pid)) ?? '';
    sleeper.kill('SIGSTOP');
    try {
      const run = await deadRun(opened({ kind: 'continue-process', pid, identity }));
      const { code, stderr } = await runCli(['clean'], { cwd: folder });
      expect(stderr).toContain(`undid 1 change: let process ${pid} go on`);
      expect(code).toBe(0);
      expect(existsSync(run.journalFile)).toBe(false);
      expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) S /);
    } finally {
      sleeper.kill('SIGKILL');
    }
  });

  it('that cannot be undone are named, with what to do, until somebody has seen to them', async () => {
    const run = await deadRun(opened({ kind: 'of-a-later-version' }));
    for (const _ of ['once', 'again']) {
      const { code, stderr } = await runCli(['clean'], { cwd: folder });
      expect(stderr).toContain('the fault stopped may still be there');
      expect(stderr).toContain('nobody knows how to undo of-a-later-version');
      expect(stderr).toContain(`what ${run.runId} broke may still be broken`);
      expect(stderr).toContain(`then remove:\n  ${run.journalFile}`);
      expect(code).toBe(4);
    }
    expect(existsSync(run.claimFile)).toBe(false);
    // The next drill warns and goes on.
    expect(await sweep(workspace)).toMatchObject([{ runId: run.runId, problems: [expect.any(String)] }]);
    await rm(run.journalFile);
    expect((await runCli(['clean'], { cwd: folder })).code).toBe(0);
  });

  it('are left alone while it lives', async () => {
    const run = await openRun(workspace, 'alive', new Date());
    const journal = await createJournal(run.journalFile, run.runId);
    await journal.append(opened({ kind: 'continue-process', pid: nobodysPid, identity: 'gone' }));
    journal.close();
    expect(await sweep(workspace)).toEqual([]);
    expect(existsSync(run.journalFile)).toBe(true);
  });
});

function opened(step: UndoStep): JournalRecord {
  return {
    kind: 'open',
    entry: 1,
    fault: 'stopped',
    step,
    untilMs: 0,
    until: '2026-01-01T00:00:00.000Z',
  };
}
