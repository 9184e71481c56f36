import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import {
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
  MIB,
  openProcessRig,
  POLL,
  type ProcessRig,
  type RunningFault,
  refusal,
  startDeaf,
} from './process-rig.ts';
import { startVictim, type Victim } from './victim.ts';

let rig: ProcessRig;
let folder: string;
let supervisor: Supervisor;
let victim: Victim;
let deaf: SystemProcess;

beforeAll(async () => {
  rig = await openProcessRig();
  ({ folder, supervisor, victim } = rig);
  deaf = await startDeaf(rig);
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
  const found = pids.filter((pid) => commandOf(pid).includes(`main.ts\0${kind}\0beside`));
  expect(found).toHaveLength(1);
  return found[0] ?? 0;
}

/** Empty for one that has gone since it was listed. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function expectNoBurden(): Promise<void> {
  const pids = await pidsOfRun(supervisor.runId);
  const lines = pids.map(commandOf);
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
      commandOf(pid).includes('\0cpu\0beside\0pinned'),
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
