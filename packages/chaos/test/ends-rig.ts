import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSupervisor, pollUntil } from '@stormcart/core';
import { processState } from '../src/fault/process/process-stat.ts';
import { type FaultSpec, startFaultProxy, usualWatchdogLimits, type WatchdogLimits } from '../src/index.ts';
import { readJournalFile } from '../src/journal/journal-file.ts';
import { isSameLife, type ProcessRef } from '../src/undo/process-ref.ts';
import type { ControllerOrder } from './ends-controller.ts';
import { echo, listen } from './socket-rig.ts';

export type TimedFault = FaultSpec & { readonly forMs: number };

/** Things to break that outlive whoever breaks them. */
export interface EndsRig {
  readonly folder: string;
  readonly proxies: readonly string[];
  readonly processNames: readonly string[];
  /** What is broken, as seen from outside: `toxic t on p`, `victim/1 is stopped`. */
  broken(): Promise<readonly string[]>;
  start(options: StartOptions): Controller;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly faults: readonly TimedFault[];
  readonly stuck?: readonly string[];
  readonly limits?: Partial<WatchdogLimits>;
  readonly revertMs?: number;
}

export interface Controller {
  readonly child: ChildProcess;
  readonly journalFile: string;
  readonly logFile: string;
  /** What it has said so far. */
  readonly words: readonly Word[];
  /** Resolves with the first word that fits; rejects when it ends without one. */
  said(fits: (word: Word) => boolean): Promise<Word>;
  applied(): Promise<void>;
  /** The watchdogs of it that live. */
  watchdogs(): Promise<readonly ProcessRef[]>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export type Word = Readonly<Record<string, unknown>>;

const VICTIMS = ['victim/1', 'victim/2'] as const;
const PROXIES = ['a->b', 'c->d'] as const;

export async function openEndsRig(): Promise<EndsRig> {
  const folder = mkdtempSync(join(tmpdir(), 'stormcart-ends-'));
  const supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  const faultProxy = await startFaultProxy({
    supervisor,
    logFolder: folder,
    signal: AbortSignal.timeout(60_000),
  });
  const server = createServer((socket) => echo(socket.on('error', () => undefined)));
  const upstream = await listen(server);
  for (const name of PROXIES) await faultProxy.createProxy({ name, upstream });
  const processes: Record<string, number> = {};
  for (const name of VICTIMS) {
    const victim = await supervisor.start({
      name,
      command: 'sleep',
      args: ['600'],
      env: { PATH: process.env['PATH'] ?? '' },
      workFolder: folder,
      logFile: join(folder, 'victim.log'),
      ready: async () => undefined,
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 2_000,
      restart: { kind: 'never' },
    });
    processes[name] = victim.pid() ?? 0;
  }
  const controllers: Controller[] = [];
  return {
    folder,
    proxies: PROXIES,
    processNames: VICTIMS,
    broken: async () => {
      const toxics = await Promise.all(
        PROXIES.map(async (name) =>
          (await faultProxy.toxics(name)).map((toxic) => `toxic ${toxic.name} on ${name}`),
        ),
      );
      const stopped = await Promise.all(
        VICTIMS.map(async (name) =>
          (await processState(processes[name] ?? 0)) === 'T' ? [`${name} is stopped`] : [],
        ),
      );
      return [...toxics.flat(), ...stopped.flat()];
    },
    start: ({ faults, stuck = [], limits, revertMs = 30_000 }) => {
      const controller = startController({
        journalFile: join(folder, `${controllers.length}.journal`),
        logFile: join(folder, `${controllers.length}.log`),
        limits: { ...usualWatchdogLimits, ...limits },
        control: faultProxy.address,
        proxies: PROXIES,
        processes,
        faults,
        stuck,
        revertMs,
      });
      controllers.push(controller);
      return controller;
    },
    close: async () => {
      for (const controller of controllers) {
        for (const { pid } of await controller.watchdogs()) process.kill(pid, 'SIGKILL');
        await controller.kill();
      }
      await supervisor.close();
      await faultProxy.close();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function startController(order: ControllerOrder): Controller {
  const program = fileURLToPath(new URL('./ends-controller.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const words: Word[] = [];
  const lookers = new Set<() => void>();
  const dogs: ProcessRef[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.push(JSON.parse(line) as Word);
    for (const look of lookers) look();
  });
  const ended = once(child, 'close');
  const said = (fits: (word: Word) => boolean): Promise<Word> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const word = words.find(fits);
        if (word === undefined) return;
        lookers.delete(look);
        resolve(word);
      };
      lookers.add(look);
      void ended.then(() =>
        reject(new Error(`it ended without saying it; it said ${JSON.stringify(words)}`)),
      );
      look();
    });
  return {
    child,
    journalFile: order.journalFile,
    logFile: order.logFile,
    words,
    said,
    applied: async () => {
      for (const { id } of order.faults)
        await said((word) => word['change'] === 'applied' && word['id'] === id);
    },
    watchdogs: async () => {
      // The journal goes when nothing is left to undo; who was named in it may still be about to end.
      const content = existsSync(order.journalFile) ? await readJournalFile(order.journalFile) : undefined;
      for (const { by, holder } of content?.holders ?? []) if (by === 'watchdog') dogs.push(holder);
      const living = await Promise.all(dogs.map(isSameLife));
      return dogs.filter(
        ({ pid }, index) => living[index] && dogs.findIndex((dog) => dog.pid === pid) === index,
      );
    },
    kill: async (signal = 'SIGKILL') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** Waits until nothing of the controller is left, however long that takes; resolves with how many ms it took. */
export async function msUntilClean(rig: EndsRig, controller: Controller): Promise<number> {
  const startMs = performance.now();
  await pollUntil(
    async () =>
      (await rig.broken()).length + (await controller.watchdogs()).length === 0 &&
      !existsSync(controller.journalFile),
    { everyMs: 20, signal: AbortSignal.timeout(30_000) },
  );
  return performance.now() - startMs;
}

export function logOf({ logFile }: Controller): string {
  return readFileSync(logFile, 'utf8');
}
