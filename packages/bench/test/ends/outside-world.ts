import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptsConnections, createSupervisor, leasePort, pollUntil, type Supervisor } from '@stormcart/core';
import { faultRows } from './fault-rows.ts';

/** What outlives a drill. */
export interface OutsideWorld {
  readonly folder: string;
  /** For the drill, as JSON. */
  readonly address: OutsideAddress;
  /** What is broken out there, as seen from here; empty when nothing is. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface OutsideAddress {
  readonly port: number;
  /** Pids by name. */
  readonly processes: Readonly<Record<string, number>>;
}

/** Boots a Node process for each fault that breaks one from outside, and one for the load to be sent to. */
export async function openOutsideWorld(): Promise<OutsideWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-outside-'));
  const supervisor = createSupervisor(`outside-${folder.slice(-6)}`);
  const victim = await startVictim(supervisor, folder, 'victim');
  const names = faultRows
    .filter(({ family, place }) => family === 'process' && place === 'outside')
    .map(({ target }) => target);
  const processes: Record<string, number> = {};
  for (const name of names) processes[name] = (await startVictim(supervisor, folder, name)).pid;
  return {
    folder,
    address: { port: victim.port, processes },
    broken: async () => {
      const looks = await Promise.all(
        Object.entries(processes).map(([name, pid]) => lookAtProcess(name, pid)),
      );
      return looks.flat();
    },
    close: async () => {
      await supervisor.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startVictim(supervisor: Supervisor, folder: string, name: string) {
  const lease = await leasePort();
  const { port } = lease;
  const child = await supervisor.start({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL('./victim-main.ts', import.meta.url)), String(port)],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile: join(folder, 'victims.log'),
    ready: (signal) => pollUntil(() => acceptsConnections('127.0.0.1', port), { everyMs: 20, signal }),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    restart: { kind: 'never' },
  });
  await lease.close();
  const pid = child.pid();
  if (pid === undefined) throw new Error(`${name} ended at once`);
  return { port, pid };
}

async function lookAtProcess(name: string, pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return [`${name} is gone`];
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'T' ? [`${name} is stopped`] : [];
}
