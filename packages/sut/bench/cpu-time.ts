import { readFile } from 'node:fs/promises';
import type { SystemProcess } from '@stormcart/core';

/** The kernel counts in ticks of 1/100 s on every Linux that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that each service has used so far; its replicas count together. */
export async function cpuSeconds(processes: readonly SystemProcess[]): Promise<ReadonlyMap<string, number>> {
  const total = new Map<string, number>();
  for (const one of processes) {
    const [service = one.name] = one.name.split('/');
    total.set(service, (total.get(service) ?? 0) + (await cpuSecondsOf(one.pid())));
  }
  return total;
}

async function cpuSecondsOf(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return ticksOf(stat) / TICKS_PER_SECOND;
}

/** proc(5): `utime` and `stime` are fields 14 and 15; the name before them is in brackets and may hold any character. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
