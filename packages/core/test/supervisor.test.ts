import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AppError,
  type ChildEvent,
  createSupervisor,
  isAlive,
  pidsOfRun,
  pollUntil,
  type SupervisedSpec,
  type Supervisor,
} from '../src/index.ts';

let folder: string;
let runId: string;
let supervisor: Supervisor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-supervisor-'));
  runId = `test-${folder.slice(-6)}`;
  supervisor = createSupervisor(runId);
});
afterEach(async () => {
  await supervisor.close();
  expect(await pidsOfRun(runId)).toEqual([]);
  rmSync(folder, { recursive: true });
});

/** A shell script as a child; it is ready once its log has the word. */
function shell(name: string, script: string, options: Partial<SupervisedSpec> = {}): SupervisedSpec {
  const logFile = join(folder, `${name}.log`);
  return {
    name,
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile,
    ready: (signal) =>
      pollUntil(async () => readFileSync(logFile, 'utf8').includes('ready'), { everyMs: 5, signal }),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    restart: { kind: 'never' },
    ...options,
  };
}

const always = (delayMs: number) => ({ restart: { kind: 'always', delayMs } }) as const;
/** `exec`: the shell becomes the sleep, so that there is one process to a child. */
const FOREVER = 'echo ready; exec sleep 300';

function pidOf(child: { pid(): number | undefined }): number {
  const pid = child.pid();
  if (pid === undefined) throw new Error('it is down');
  return pid;
}

describe('starting', () => {
  it('is over when the child says that it is ready, and not before', async () => {
    const child = await supervisor.start(shell('slow', 'sleep 0.2; echo ready; exec sleep 300'));
    expect(readFileSync(child.logFile, 'utf8')).toBe('ready\n');
    expect(child.state()).toBe('ready');
    expect(await isAlive(pidOf(child))).toBe(true);
  });

  it('gives the child its own environment and the mark of the run, and nothing else', async () => {
    const spec = shell('env', '/usr/bin/env; echo ready; exec sleep 300', { env: { COLOUR: 'red' } });
    await supervisor.start(spec);
    const names = readFileSync(spec.logFile, 'utf8').matchAll(/^(\w+)=/gm);
    // The shell adds PWD itself.
    expect([...names].map(([, name]) => name).filter((name) => name !== 'PWD')).toEqual([
      'COLOUR',
      'STORMCART_RUN',
    ]);
  });

  it('fails with the end of the log when the child ends instead', async () => {
    const failure = await supervisor.start(shell('broken', 'echo no disk; exit 3')).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ kind: 'environment', code: 'CHILD_NOT_READY' });
    expect((failure as AppError).message).toContain('exit code 3');
    expect((failure as AppError).hint).toContain('no disk');
  });

  it('fails when time is up, and ends the child', async () => {
    const spec = shell('mute', 'exec sleep 300', { readyTimeoutMs: 200 });
    await expect(supervisor.start(spec)).rejects.toThrow('was not ready within 0.2 s');
    expect(await pidsOfRun(runId)).toEqual([]);
  });

  it('fails when there is no such program', async () => {
    const spec = { ...shell('none', ''), command: '/nowhere/at-all' };
    await expect(supervisor.start(spec)).rejects.toMatchObject({ code: 'CHILD_NOT_STARTED' });
  });

  it('is not tried again when the first time failed', async () => {
    const events: ChildEvent[] = [];
    supervisor.onEvent((event) => events.push(event));
    const spec = shell('broken', 'exit 1', always(1));
    await expect(supervisor.start(spec)).rejects.toThrow('exit code 1');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events.map(({ state }) => state)).toEqual(['starting', 'down']);
  });
});

describe('restarting', () => {
  it('waits longer each time for a child that dies young', async () => {
    const events: ChildEvent[] = [];
    supervisor.onEvent((event) => events.push(event));
    const child = await supervisor.start(shell('mortal', FOREVER, always(40)));
    for (let life = 0; life < 3; life += 1) {
      const pid = pidOf(child);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => child.pid() ?? pid, { timeout: 20_000, interval: 5 }).not.toBe(pid);
      await child.whenReady(AbortSignal.timeout(20_000));
    }
    const downs = events.filter(({ state }) => state === 'down');
    expect(downs.map(({ reason }) => reason)).toEqual(['signal SIGKILL', 'signal SIGKILL', 'signal SIGKILL']);
    const gaps = downs.map((down) => {
      const next = events[events.indexOf(down) + 1];
      expect(next?.state).toBe('starting');
      return (next?.atMs ?? 0) - down.atMs;
    });
    // A timer may ring up to a millisecond early.
    for (const [index, delayMs] of [40, 80, 160].entries()) {
      expect(gaps[index]).toBeGreaterThan(delayMs - 2);
    }
  });

  it('goes on trying after a start that failed', async () => {
    // It starts the first time and the third.
    const script = 'echo life >> lives; [ $(wc -l < lives) -ne 2 ] || exit 1; echo ready; exec sleep 300';
    const child = await supervisor.start(shell('moody', script, always(20)));
    process.kill(pidOf(child), 'SIGKILL');
    await expect
      .poll(() => readFileSync(join(folder, 'lives'), 'utf8'), { timeout: 20_000 })
      .toBe('life\n'.repeat(3));
    await child.whenReady(AbortSignal.timeout(20_000));
  });

  it('takes what a crashed child left in its group with it', async () => {
    const child = await supervisor.start(shell('crashing', 'sleep 300 & echo ready; wait'));
    await expect.poll(async () => (await pidsOfRun(runId)).length).toBe(2);
    process.kill(pidOf(child), 'SIGKILL');
    await expect.poll(() => pidsOfRun(runId), { timeout: 20_000 }).toEqual([]);
  });

  it('leaves one process when asked for twice at once', async () => {
    const child = await supervisor.start(shell('twice', FOREVER, always(1)));
    const old = pidOf(child);
    await Promise.all([child.restart(), child.restart()]);
    expect(child.state()).toBe('ready');
    expect(await isAlive(old)).toBe(false);
    expect(await pidsOfRun(runId)).toEqual([pidOf(child)]);
  });

  it('leaves one process when asked for while a dead one is being replaced', async () => {
    const child = await supervisor.start(shell('both', FOREVER, always(1)));
    process.kill(pidOf(child), 'SIGKILL');
    await child.restart();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await pidsOfRun(runId)).toEqual([pidOf(child)]);
  });

  it('is refused once the child was stopped', async () => {
    const child = await supervisor.start(shell('over', FOREVER));
    await child.stop();
    await expect(child.restart()).rejects.toThrow('over was stopped');
    await expect(child.whenReady(AbortSignal.timeout(1_000))).rejects.toThrow('over was stopped');
  });
});

describe('ending', () => {
  it('goes from the last started to the first, one after the other', async () => {
    for (const name of ['first', 'second', 'third']) {
      const onTerm = `echo ${name} asked >> order; sleep 0.1; echo ${name} gone >> order; exit`;
      await supervisor.start(shell(name, `trap '${onTerm}' TERM; echo ready; while :; do sleep 0.01; done`));
    }
    await supervisor.close();
    expect(readFileSync(join(folder, 'order'), 'utf8').trim().split('\n')).toEqual([
      'third asked',
      'third gone',
      'second asked',
      'second gone',
      'first asked',
      'first gone',
    ]);
  });

  it('does not wait for ever for a child that ignores its signal', async () => {
    const script = `trap '' TERM; echo ready; while :; do sleep 0.05; done`;
    const child = await supervisor.start(shell('deaf', script, { stopTimeoutMs: 150 }));
    const pid = pidOf(child);
    await child.stop();
    expect(await isAlive(pid)).toBe(false);
  });

  it('ends a frozen child politely', async () => {
    const script = `trap 'echo asked > asked; exit' TERM; echo ready; while :; do sleep 0.01; done`;
    const child = await supervisor.start(shell('frozen', script));
    process.kill(-pidOf(child), 'SIGSTOP');
    await child.stop();
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n');
  });

  it('waits for the old life when a restart is under way', async () => {
    const script = `trap 'sleep 0.3; exit' TERM; echo ready; while :; do sleep 0.01; done`;
    const child = await supervisor.start(shell('late', script));
    const pid = pidOf(child);
    const restarted = child.restart().catch((error: unknown) => error);
    await expect.poll(() => child.state()).toBe('down');
    await child.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(await restarted).toBeInstanceOf(Error);
  });

  it('takes what a child hid in a session of its own', async () => {
    await supervisor.start(shell('daemon', 'setsid sleep 300 & echo ready; exec sleep 300'));
    await expect.poll(async () => (await pidsOfRun(runId)).length).toBe(2);
    await supervisor.close();
    expect(await pidsOfRun(runId)).toEqual([]);
  });

  it('is told to those who listen', async () => {
    const events: string[] = [];
    supervisor.onEvent(({ name, state }) => events.push(`${name} ${state}`));
    await (await supervisor.start(shell('told', FOREVER))).stop();
    expect(events).toEqual(['told starting', 'told ready', 'told stopped']);
  });
});
