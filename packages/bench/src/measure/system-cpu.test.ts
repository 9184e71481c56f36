import { describe, expect, it } from 'vitest';
import { createSystemCpu } from './system-cpu.ts';

/** A process as /proc shows it; its name is as nasty as it may be. */
const statOf = (user: number, system: number, started: number): string =>
  `17 (no) de (x) S 1 17 17 0 -1 4194304 0 0 0 0 ${user} ${system} 9 9 20 0 11 0 ${started} 1 2 3`;

function watched(stats: Map<number, string>, pids: readonly (() => number | undefined)[]) {
  const read = (pid: number): Promise<string> => {
    const stat = stats.get(pid);
    return stat === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(stat);
  };
  return createSystemCpu(
    pids.map((pid) => ({ pid })),
    read,
  );
}

describe("a system's CPU time", () => {
  it('is what all processes have used since the first look', async () => {
    const stats = new Map([
      [1, statOf(100, 50, 7)],
      [2, statOf(10, 0, 8)],
    ]);
    const cpu = watched(stats, [() => 1, () => 2]);
    await cpu.look();
    expect(cpu.usedMs()).toBe(0);
    stats.set(1, statOf(103, 51, 7)).set(2, statOf(11, 0, 8));
    await cpu.look();
    expect(cpu.usedMs()).toBe(50);
  });

  it('counts what a process used before it died, and all that its next life uses, under the same pid or another', async () => {
    const stats = new Map([[1, statOf(100, 0, 7)]]);
    let pid: number | undefined = 1;
    const cpu = watched(stats, [() => pid]);
    await cpu.look();
    stats.set(1, statOf(110, 0, 7));
    await cpu.look();
    pid = undefined;
    await cpu.look();
    pid = 1;
    stats.set(1, statOf(3, 1, 900));
    await cpu.look();
    expect(cpu.usedMs()).toBe(140);
  });

  it('is unknown where nothing can be looked at', async () => {
    const cpu = watched(new Map(), [() => 1, () => undefined]);
    await cpu.look();
    expect(cpu.usedMs()).toBeUndefined();
  });
});
