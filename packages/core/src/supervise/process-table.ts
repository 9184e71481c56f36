import { readdir, readFile } from 'node:fs/promises';

/** The environment variable that marks every process of a run, grandchildren included. */
export const RUN_MARK = 'STORMCART_RUN';

/** Whether a process exists and is not a zombie (a zombie holds nothing, and only its parent can end it). */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    // No /proc (not Linux): the signal's answer stands. On Linux it just vanished, and the next look says so.
    return process.platform !== 'linux';
  }
}

/**
 * What tells two processes with the same pid apart: the machine's boot and the process's start in clock ticks
 * (field 22 of /proc/<pid>/stat, proc(5)). Undefined when the process is gone, or without /proc.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // Fields count from the end of the name, which may itself hold spaces and brackets.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()}/${startTicks}`;
  } catch {
    return undefined;
  }
}

/** Every process that carries this run's mark in its environment; empty where /proc does not exist. */
export async function pidsOfRun(runId: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const mark = `\0${RUN_MARK}=${runId}\0`;
  const found = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (entry) => {
        const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
        return `\0${environment}\0`.includes(mark) ? Number(entry) : undefined;
      }),
  );
  return found.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

/** Sends a signal to a process group. False when it has no members. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    // ESRCH: gone; EPERM: none of ours is in it.
    return false;
  }
}

/** Sends a signal to a process group, or to the process alone when it leads none. False when it is gone. */
export function signalTree(pid: number, signal: NodeJS.Signals): boolean {
  if (signalGroup(pid, signal)) return true;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
