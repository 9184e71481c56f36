import { readFile } from 'node:fs/promises';
import type { SystemProcess } from '@stormcart/core';

/** CPU time of a system's processes since the first look at them. */
export interface SystemCpu {
  /** Looks at every process. What one used between the last look and its death is lost, and so is that of its children. */
  look(): Promise<void>;
  /** Undefined where no process could be looked at: without /proc, or without processes. */
  usedMs(): number | undefined;
}

/** What the kernel tells of one life of a process. */
interface Life {
  /** Ticks before the first look; 0 for one that began after it. */
  readonly firstTicks: number;
  lastTicks: number;
}

/** The kernel counts in ticks of 1/100 s on every Linux that Node runs on (`getconf CLK_TCK`). */
const MS_PER_TICK = 10;

type ReadStat = (pid: number) => Promise<string>;

export function createSystemCpu(
  processes: readonly Pick<SystemProcess, 'pid'>[],
  readStat: ReadStat = (pid) => readFile(`/proc/${pid}/stat`, 'utf8'),
): SystemCpu {
  const lives = new Map<string, Life>();
  let hasLooked = false;
  const lookAt = async (pid: number): Promise<void> => {
    // Gone between being listed and being looked at.
    const stat = await readStat(pid).catch(() => undefined);
    const seen = stat === undefined ? undefined : parseStat(stat);
    if (seen === undefined) return;
    const key = `${pid}/${seen.startTicks}`;
    const life = lives.get(key);
    if (life === undefined)
      lives.set(key, { firstTicks: hasLooked ? 0 : seen.usedTicks, lastTicks: seen.usedTicks });
    else life.lastTicks = Math.max(life.lastTicks, seen.usedTicks);
  };
  return {
    look: async () => {
      const pids = processes.map((process) => process.pid()).filter((pid) => pid !== undefined);
      await Promise.all(pids.map(lookAt));
      hasLooked = true;
    },
    usedMs: () => {
      if (lives.size === 0) return undefined;
      const ticks = [...lives.values()].reduce(
        (sum, { firstTicks, lastTicks }) => sum + lastTicks - firstTicks,
        0,
      );
      return ticks * MS_PER_TICK;
    },
  };
}

/** proc(5): `utime` and `stime` are fields 14 and 15, `starttime` 22; the name before them may hold any character. */
function parseStat(stat: string): { readonly usedTicks: number; readonly startTicks: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const usedTicks = Number(fields[11]) + Number(fields[12]);
  const startTicks = fields[19];
  return startTicks === undefined || Number.isNaN(usedTicks) ? undefined : { usedTicks, startTicks };
}
