import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pollUntil, type SupervisedChild, type Supervisor, systemClock } from '@stormcart/core';

/** What the server of `victim-main.ts` says about its clock. */
export interface VictimAnswer {
  readonly wallMs: number;
  readonly constructedMs: number;
  /** `Date.now()` through a reference to `Date` that was taken at the start. */
  readonly keptMs: number;
  /** `Date()`, in whole seconds. */
  readonly calledMs: number;
  readonly instantMs: number;
  readonly monotonicMs: number;
  /** Every function that reads the clock is the one that was there at the start. */
  readonly isFirstClock: boolean;
  readonly isDateADate: boolean;
  /** On the global object. */
  readonly symbols: readonly string[];
}

/** A server under a supervisor, and a client of it. */
export interface Victim {
  readonly process: SupervisedChild;
  readonly dataFolder: string;
  pid(): number;
  port(): number;
  /** One request on a connection of its own, or on the agent's; rejects with what broke it. */
  ask(options?: AskOptions): Promise<Reply>;
  /** Asks again and again, one at a time, for so long; how long each answer took. */
  latencies(forMs: number): Promise<readonly number[]>;
}

interface AskOptions {
  readonly method?: 'GET' | 'POST';
  readonly agent?: Agent;
}

export interface Reply {
  readonly text: string;
  readonly date: string;
  readonly tookMs: number;
}

export interface VictimOptions {
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly name: string;
  /** Where it keeps its data; below `folder` when absent. */
  readonly dataFolder?: string;
  /** Pins it to these CPUs. */
  readonly cpus?: string;
}

const ENTRY = fileURLToPath(new URL('./victim-main.ts', import.meta.url));
const ANSWER_MS_MAX = 20_000;

export async function startVictim(options: VictimOptions): Promise<Victim> {
  const { supervisor, folder, name, cpus } = options;
  const file = name.replace('/', '-');
  const dataFolder = options.dataFolder ?? join(folder, file);
  mkdirSync(dataFolder, { recursive: true });
  const portFile = join(folder, `${file}.port`);
  const port = (): number => Number(readFileSync(portFile, 'utf8'));
  const flags = ['--inspect-port=127.0.0.1:0', '--inspect-publish-uid=http'];
  const node = [...flags, ENTRY, portFile, dataFolder];
  const child = await supervisor.start({
    name,
    command: cpus === undefined ? process.execPath : 'taskset',
    args: cpus === undefined ? node : ['--cpu-list', cpus, process.execPath, ...node],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    dataFolder,
    logFile: join(folder, `${file}.log`),
    ready: (signal) => pollUntil(async () => (await ask(port())).text !== '', { everyMs: 10, signal }),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    restart: { kind: 'always', delayMs: 20 },
  });
  return {
    process: child,
    dataFolder,
    port,
    pid: () => {
      const pid = child.pid();
      if (pid === undefined) throw new Error(`${name} is down`);
      return pid;
    },
    ask: (asked) => ask(port(), asked),
    latencies: async (forMs) => {
      const untilMs = systemClock.now() + forMs;
      const took: number[] = [];
      while (systemClock.now() < untilMs) {
        took.push((await ask(port())).tookMs);
        await systemClock.sleep(5);
      }
      return took;
    },
  };
}

/** The answer of a victim on its clock, and what the client took for the time around it. */
export async function clockOf(victim: Victim): Promise<VictimAnswer & { date: string; sentMs: number }> {
  const sentMs = Date.now();
  const { text, date } = await victim.ask();
  return { ...(JSON.parse(text) as VictimAnswer), date, sentMs };
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

async function ask(port: number, { method = 'GET', agent }: AskOptions = {}): Promise<Reply> {
  const startedMs = systemClock.now();
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    agent: agent ?? new Agent(),
    timeout: ANSWER_MS_MAX,
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer')));
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    text: Buffer.concat(chunks).toString(),
    date: response.headers.date ?? '',
    tookMs: systemClock.now() - startedMs,
  };
}
