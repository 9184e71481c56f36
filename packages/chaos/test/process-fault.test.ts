import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import {
  type ChildEvent,
  isAlive,
  pidsOfRun,
  pollUntil,
  type Supervisor,
  type SystemProcess,
  systemClock,
} from '@stormcart/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../src/index.ts';
import { descriptorLimit, freeBelow, openDescriptors } from '../src/kernel/descriptors.ts';
import { allowedCpus } from '../src/kernel/program.ts';
import {
  expectClean,
  faultOn,
  HOUR_MS,
  LONG_MS,
  MIB,
  openProcessRig,
  POLL,
  type ProcessRig,
  type RunningFault,
  refusal,
} from './process-rig.ts';
import { startVictim, type Victim } from './victim.ts';

let rig: ProcessRig;
let folder: string;
let supervisor: Supervisor;
let victim: Victim;
let deaf: SystemProcess;
let events: readonly ChildEvent[];

beforeAll(async () => {
  rig = await openProcessRig();
  ({ folder, supervisor, victim, events } = rig);
  deaf = await supervisor.start({
    name: 'deaf',
    command: '/bin/sh',
    args: ['-c', `trap '' TERM; while :; do sleep 0.05; done`],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile: join(folder, 'deaf.log'),
    ready: () => systemClock.sleep(50),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 100,
    restart: { kind: 'always', delayMs: 20 },
  });
});
afterEach(() => rig.endFaults());
afterAll(() => rig.close());

const begin = (fault: Fault): Promise<RunningFault> => rig.begin(fault);

/** Until connections of earlier tests are closed on this side, too. */
async function untilIdle(pid: number): Promise<void> {
  await pollUntil(
    async () => {
      const { size } = await openDescriptors(pid);
      await systemClock.sleep(100);
      return size === (await openDescriptors(pid)).size;
    },
    { everyMs: 10, signal: AbortSignal.timeout(POLL.timeout) },
  );
}

async function freeDescriptors(pid: number): Promise<number> {
  const limit = await descriptorLimit(pid);
  return freeBelow(await openDescriptors(pid), limit?.soft ?? 0);
}

/** The process that carries a burden, found as anybody would find it. */
async function burdenPid(kind: string): Promise<number> {
  const pids = await pidsOfRun(supervisor.runId);
  const found = pids.filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`main.ts\0${kind}\0beside`),
  );
  expect(found).toHaveLength(1);
  return found[0] ?? 0;
}

async function expectNoBurden(): Promise<void> {
  const pids = await pidsOfRun(supervisor.runId);
  const lines = pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  expect(lines.filter((line) => line.includes('beside'))).toEqual([]);
}

/** CPU time of a process in milliseconds, as the kernel counts it: in ticks of 10 ms (proc(5), USER_HZ). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}

describe('terminate', () => {
  it('sends the stop signal; the supervisor starts the process again', async () => {
    const old = victim.pid();
    const { end } = await begin(faultOn(victim.process, 'terminate'));
    await expect.poll(() => victim.process.pid() !== old && victim.process.state(), POLL).toBe('ready');
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(1);
    const downs = events.filter(({ name, state }) => name === 'orders/1' && state === 'down');
    expect(downs.at(-1)?.reason).toBe('exit code 0');
  });

  it('kills what has not ended when its time is over', async () => {
    const old = deaf.pid() ?? 0;
    const { end } = await begin(faultOn(deaf, 'terminate'));
    await systemClock.sleep(200);
    expect(await isAlive(old)).toBe(true);
    const record = await end();
    expectClean(record);
    expect(await isAlive(old)).toBe(false);
    expect(deaf.state()).toBe('ready');
  });
});

describe('crash_loop', () => {
  it('takes each life as soon as it is ready; the last one stays', async () => {
    const before = events.length;
    const since = () => events.slice(before).filter(({ name }) => name === 'orders/1');
    const { end } = await begin(faultOn(victim.process, 'crash_loop', { every: 0 }));
    await expect.poll(() => since().filter(({ state }) => state === 'ready').length, POLL).toBeGreaterThan(2);
    const record = await end();
    expectClean(record);
    const lives = since();
    expect(record.hits).toBeGreaterThan(2);
    expect(record.hits).toBe(lives.filter(({ reason }) => reason === 'signal SIGKILL').length);
    const pids = new Set(lives.filter(({ state }) => state === 'ready').map(({ pid }) => pid));
    expect(pids.size).toBe(record.hits);
    expect((await victim.ask()).text).not.toBe('');
  });

  it('leaves each life its time', async () => {
    const before = events.length;
    const { end } = await begin(faultOn(victim.process, 'crash_loop', { every: LONG_MS }));
    const since = () => events.slice(before).filter(({ name }) => name === 'orders/1');
    await expect.poll(() => since().map(({ state }) => state), POLL).toContain('ready');
    await systemClock.sleep(100);
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(1);
    expect(since().filter(({ state }) => state === 'down')).toHaveLength(1);
  });
});

describe('cpu_burn', () => {
  it('burns its share of a core, and no more', async () => {
    const { end } = await begin(faultOn(victim.process, 'cpu_burn', { share: 0.4 }));
    const pid = await burdenPid('cpu');
    // Until it has compiled itself, in threads of which it cannot know.
    await systemClock.sleep(300);
    const startMs = systemClock.now();
    const startCpuMs = cpuMs(pid);
    await systemClock.sleep(1_500);
    const burnedMs = cpuMs(pid) - startCpuMs;
    const tookMs = systemClock.now() - startMs;
    const record = await end();
    expectClean(record);
    // A tick at either end, and a twentieth. Below: as much as a machine full of others may take away.
    expect(burnedMs).toBeLessThan(0.4 * tookMs * 1.05 + 20);
    expect(burnedMs).toBeGreaterThan((0.4 * tookMs) / 4);
    expect(record.hits).toBeGreaterThan(burnedMs - 20);
    expect(await isAlive(pid)).toBe(false);
  });

  it('is one process for each core, on the CPUs of its target', async () => {
    const pinned = await startVictim({ supervisor, folder, name: 'pinned', cpus: '0' });
    const { end } = await begin(faultOn(pinned.process, 'cpu_burn', { share: 0.05, cores: 2 }));
    const pids = (await pidsOfRun(supervisor.runId)).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0cpu\0beside\0pinned'),
    );
    expect(pids).toHaveLength(2);
    expect(await Promise.all(pids.map(allowedCpus))).toEqual(['0', '0']);
    expectClean(await end());
    await expectNoBurden();
    await pinned.process.stop();
  });
});

describe('memory_hog', () => {
  it('holds its size in pages that are really there, and gives them back', async () => {
    const { end } = await begin(faultOn(victim.process, 'memory_hog', { size: 96 * MIB }));
    const pid = await burdenPid('memory');
    expect(residentBytes(pid)).toBeGreaterThan(96 * MIB);
    expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()).toBe('1000');
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(96);
    expect(await isAlive(pid)).toBe(false);
  });

  it('takes nothing where half of what is free is not enough', async () => {
    const record = await refusal(faultOn(victim.process, 'memory_hog', { size: 1_048_576 * MIB }));
    expect(record.problem).toContain('1024GiB is more than half of the memory that is free');
    expect(record).toMatchObject({ hits: 0, isVerified: true });
    await expectNoBurden();
  });

  it('says so when something else has ended its process', async () => {
    const { end } = await begin(faultOn(victim.process, 'memory_hog', { size: MIB }));
    process.kill(await burdenPid('memory'), 'SIGKILL');
    await expect.poll(expectNoBurden, POLL).toBeUndefined();
    const record = await end();
    expect(record.isVerified).toBe(true);
    expect(record.problem).toContain('the memory burden ended before its time (SIGKILL)');
  });
});

describe('fd_exhaustion', () => {
  it('lets no connection in, leaves open ones alone, and gives the limit back', async () => {
    const limit = await descriptorLimit(victim.pid());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await victim.ask({ agent });
    const { end } = await begin(faultOn(victim.process, 'fd_exhaustion'));
    expect(await freeDescriptors(victim.pid())).toBe(0);
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(victim.ask()).rejects.toThrow(/socket hang up|ECONNRESET/);
    }
    expect((await victim.ask({ agent })).text).not.toBe('');
    const record = await end();
    expectClean(record);
    expect(record.hits).toBeGreaterThan((limit?.soft ?? 0) / 2);
    expect(await descriptorLimit(victim.pid())).toEqual(limit);
    expect((await victim.ask()).text).not.toBe('');
    await expectNoBurden();
    agent.destroy();
  });

  it('leaves as many free as it is told', async () => {
    const agents = [0, 1, 2].map(() => new Agent({ keepAlive: true }));
    await untilIdle(victim.pid());
    const { end } = await begin(faultOn(victim.process, 'fd_exhaustion', { leave: 2 }));
    const fates: string[] = [];
    for (const agent of agents) {
      const answered = victim.ask({ agent });
      fates.push(
        await answered.then(
          () => 'answered',
          () => 'dropped',
        ),
      );
    }
    expect(fates).toEqual(['answered', 'answered', 'dropped']);
    expectClean(await end());
    for (const agent of agents) agent.destroy();
  });

  it('works on a program that is no Node, and lasts until the last of two has ended', async () => {
    const pid = deaf.pid() ?? 0;
    const limit = await descriptorLimit(pid);
    const long = await begin(faultOn(deaf, 'fd_exhaustion', { leave: 20 }));
    const longLimit = await descriptorLimit(pid);
    const short = await begin(faultOn(deaf, 'fd_exhaustion', { leave: 10 }));
    expect((await descriptorLimit(pid))?.soft).toBeLessThan(longLimit?.soft ?? 0);
    expectClean(await short.end());
    expect(await descriptorLimit(pid)).toEqual(longLimit);
    expectClean(await long.end());
    expect(await descriptorLimit(pid)).toEqual(limit);
  });
});

describe('disk_fill', () => {
  it('is felt as ENOSPC on a small disk of its own, and gives every byte back', async (context) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    const store = await startVictim({ supervisor, folder, name: 'store', dataFolder: disk });
    try {
      expect((await store.ask({ method: 'POST' })).text).toBe('written');
      const before = statfsSync(disk);
      const { end } = await begin(faultOn(store.process, 'disk_fill'));
      expect((await store.ask({ method: 'POST' })).text).toBe('ENOSPC');
      expect(statfsSync(disk).bfree).toBe(0);
      const record = await end();
      expectClean(record);
      expect(record.hits).toBe(8);
      expect(statfsSync(disk).bfree).toBe(before.bfree);
      expect((await store.ask({ method: 'POST' })).text).toBe('written');
      const rest = await begin(faultOn(store.process, 'disk_fill', { leave: MIB }));
      expect(statfsSync(disk).bfree * statfsSync(disk).bsize).toBe(MIB);
      expectClean(await rest.end());
    } finally {
      await store.process.stop();
      execFileSync('umount', [disk]);
    }
  });

  it('never fills the machine’s own disk, and takes no more than it is told', async () => {
    const refused = await refusal(faultOn(victim.process, 'disk_fill'));
    expect(refused.problem).toMatch(/which is never filled: size is missing/);
    expect(refused).toMatchObject({ hits: 0, isVerified: true });
    const { end } = await begin(faultOn(victim.process, 'disk_fill', { size: 5 * MIB }));
    const pid = await burdenPid('disk');
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(5);
    expect(await isAlive(pid)).toBe(false);
  });
});

describe('a process that the fault cannot be done to', () => {
  it.each([
    ['event_loop_stall', {}, 'event_loop_stall: deaf is no Node process, it runs /'],
    ['clock_step', { by: HOUR_MS }, 'clock_step: deaf is no Node process'],
    ['disk_fill', {}, 'disk_fill: deaf has no data folder of its own'],
  ])('is refused before anything begins: %s', (kind, attributes, message) => {
    let refused: unknown;
    try {
      faultOn(deaf, kind, attributes);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ kind: 'usage', code: 'UNFIT_PROCESS' });
    expect(String(refused)).toContain(message);
  });

  it('is not signalled when it would die of it', async () => {
    const stubborn = await supervisor.start({
      name: 'stubborn',
      command: process.execPath,
      args: ['--disable-sigusr1', '-e', 'console.log("up"); setInterval(() => undefined, 1000)'],
      env: {},
      workFolder: folder,
      logFile: join(folder, 'stubborn.log'),
      ready: (signal) =>
        pollUntil(async () => readFileSync(join(folder, 'stubborn.log'), 'utf8').includes('up'), {
          everyMs: 10,
          signal,
        }),
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1_000,
      restart: { kind: 'never' },
    });
    const record = await refusal(faultOn(stubborn, 'event_loop_stall'));
    expect(record.problem).toContain('does not open its inspector on SIGUSR1');
    expect(record.hits).toBe(0);
    expect(stubborn.state()).toBe('ready');
    await stubborn.stop();
  });
});
