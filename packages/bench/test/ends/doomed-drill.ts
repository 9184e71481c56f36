import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pidsOfRun, pollUntil, systemClock } from '@stormcart/core';
import type { DrillOrder } from './drill-main.ts';
import type { OutsideWorld } from './outside-world.ts';

export type DrillWord = Readonly<Record<string, unknown>>;

/** A drill in a process of its own, begun in order to be killed. */
export interface DoomedDrill {
  readonly child: ChildProcess;
  readonly runId: string;
  /** Everything it has told so far. */
  readonly words: readonly DrillWord[];
  said(fits: (word: DrillWord) => boolean): Promise<DrillWord>;
  /** Ids of the faults that are on now. */
  active(): readonly string[];
  /** Processes that look after it from outside: their command lines name its run. */
  attendants(program: 'watchdog' | 'reaper'): Promise<readonly number[]>;
  /** What is left of it anywhere, for people; empty: nothing. */
  left(): Promise<readonly string[]>;
  /** How it ended. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

/** Starts one below `root` and waits until its load runs, or only until it has claimed its run. */
export async function beginDrill(
  world: OutsideWorld,
  root: string,
  order: Omit<DrillOrder, 'root' | 'outside'>,
  until: 'claim' | 'load' = 'load',
): Promise<DoomedDrill> {
  const program = fileURLToPath(new URL('./drill-main.ts', import.meta.url));
  const argument: DrillOrder = { root, outside: world.address, ...order };
  const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
    // What it says of its own crash is no news.
    stdio: ['ignore', 'pipe', order.crashAfterMs === undefined ? 'inherit' : 'ignore'],
  });
  const words: DrillWord[] = [];
  const lookers = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.push(JSON.parse(line) as DrillWord);
    for (const look of lookers) look();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const said = (fits: (word: DrillWord) => boolean): Promise<DrillWord> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const word = words.find(fits);
        if (word === undefined) return;
        lookers.delete(look);
        resolve(word);
      };
      lookers.add(look);
      void ended.then(() =>
        reject(new Error(`it ended without saying it: ${words.map(briefOf).join('; ')}`)),
      );
      look();
    });
  const live = join(root, 'live');
  let claim: string | undefined;
  await pollUntil(
    async () => {
      claim = (await readdir(live)).find((name) => name.endsWith(CLAIM));
      return claim !== undefined;
    },
    { everyMs: 5, signal: AbortSignal.timeout(30_000) },
  );
  const runId = claim?.slice(0, -CLAIM.length) ?? '';
  if (until === 'load') await said(({ kind }) => kind === 'loadStarted');
  return {
    child,
    runId,
    words,
    said,
    active: () => activeFaults(words),
    attendants: async (name) =>
      (await attendantsOf(runId)).filter((each) => each.name === name).map(({ pid }) => pid),
    left: async () => [
      ...(await pidsOfRun(runId)).map((pid) => `process ${pid} of the drill`),
      ...(await attendantsOf(runId)).map(({ name, pid }) => `${name} ${pid}`),
      ...(existsSync(live) ? await readdir(live) : []).map((name) => `file ${name}`),
      ...(await world.broken()),
    ],
    ended,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

const CLAIM = '.json';

/** Waits until nothing is left, at most `limitMs`; resolves with how long that took, or with what was left. */
export async function untilClean(
  drill: DoomedDrill,
  limitMs: number,
): Promise<{ readonly tookMs: number; readonly left: readonly string[] }> {
  const startMs = systemClock.now();
  for (;;) {
    const left = await drill.left();
    const tookMs = systemClock.now() - startMs;
    if (left.length === 0 || tookMs >= limitMs) return { tookMs, left };
    await systemClock.sleep(20);
  }
}

function briefOf({ kind, id, change, text, problem }: DrillWord): string {
  return [kind, id, change, text, problem].map((part) => (typeof part === 'string' ? part : '')).join(' ');
}

function activeFaults(words: readonly DrillWord[]): readonly string[] {
  const active = new Set<string>();
  for (const { kind, id, change } of words) {
    if (kind !== 'fault') continue;
    if (change === 'applied') active.add(String(id));
    if (change === 'reverted') active.delete(String(id));
  }
  return [...active];
}

interface Attendant {
  readonly name: 'watchdog' | 'reaper';
  readonly pid: number;
}

async function attendantsOf(runId: string): Promise<readonly Attendant[]> {
  const entries = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    entries.map(async (entry): Promise<Attendant | undefined> => {
      const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
      if (!command.includes(runId)) return undefined;
      if (command.includes('watchdog/main.ts')) return { name: 'watchdog', pid: Number(entry) };
      return command.includes('reaper-main.ts') ? { name: 'reaper', pid: Number(entry) } : undefined;
    }),
  );
  return found.filter((attendant) => attendant !== undefined);
}
