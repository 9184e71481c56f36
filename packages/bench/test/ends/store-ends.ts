import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type FaultSpec, usualWatchdogLimits } from '@stormcart/chaos';
import { pollUntil } from '@stormcart/core';
import type { BootedShop } from '../fixture/booted-shop.ts';
import type { StoreWatch } from './broken-stores.ts';
import type { StoreControllerOrder } from './store-controller-main.ts';

/** A controller that breaks stores, in a process of its own, begun in order to be killed. */
export interface StoreController {
  readonly child: ChildProcess;
  readonly journalFile: string;
  /** Ids of the faults that are on. */
  readonly applied: readonly string[];
  /** Resolves when all are on; rejects with what went wrong. */
  allApplied(): Promise<void>;
  watchdogs(): Promise<readonly number[]>;
  /** Ends it and its watchdogs. */
  kill(): Promise<void>;
}

/** Begins one with these faults, each once the one before is on. */
export async function beginStoreController(
  { running }: BootedShop,
  faults: readonly FaultSpec[],
  silenceMs = usualWatchdogLimits.silenceMs,
): Promise<StoreController> {
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-store-ends-'));
  const journalFile = join(folder, 'journal');
  const pids = running.processes.map((process) => [process.name, process.pid() ?? 0] as const);
  const order: StoreControllerOrder = {
    journalFile,
    logFile: join(folder, 'watchdog.log'),
    silenceMs,
    stores: running.stores,
    processes: Object.fromEntries(pids),
    faults,
  };
  const program = fileURLToPath(new URL('./store-controller-main.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const applied: string[] = [];
  const all = Promise.withResolvers<void>();
  // Nobody may wait for it.
  all.promise.catch(() => undefined);
  void ended.then(() => all.reject(new Error(`it ended with ${applied.join(', ')}`)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { kind, id, problem } = JSON.parse(line) as Readonly<Record<'kind' | 'id' | 'problem', string>>;
    if (kind === 'failed') all.reject(new Error(`${id}: ${problem}`));
    if (kind === 'applied') applied.push(id);
    if (applied.length === faults.length) all.resolve();
  });
  const watchdogs = () => pidsWith(journalFile, child.pid);
  return {
    child,
    journalFile,
    applied,
    allApplied: () => all.promise,
    watchdogs,
    kill: async () => {
      for (const pid of await watchdogs()) process.kill(pid, 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What may still be there of a killed one, after this long at the latest. */
export async function leftAfter(
  limitMs: number,
  controller: StoreController,
  watch: StoreWatch,
): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const isOver = async (): Promise<boolean> => {
    left = [
      ...(await watch.broken()),
      ...(await controller.watchdogs()).map((pid) => `watchdog ${pid}`),
      ...(existsSync(controller.journalFile) ? ['its journal'] : []),
    ];
    return left.length === 0;
  };
  await pollUntil(isOver, { everyMs: 50, signal: AbortSignal.timeout(limitMs) }).catch(() => undefined);
  return left;
}

/** Those whose command line names the file, without the one that names it in its order. */
async function pidsWith(file: string, exceptPid: number | undefined): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry) && Number(entry) !== exceptPid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return line.includes(file) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}
