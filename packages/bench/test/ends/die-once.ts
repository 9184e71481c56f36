import { join } from 'node:path';
import { type Random, systemClock } from '@stormcart/core';
import { runCli } from '../fixture/cli.ts';
import { beginDrill, type DoomedDrill, untilClean } from './doomed-drill.ts';
import type { OutsideWorld } from './outside-world.ts';

export type Death =
  /** Somewhere between its claim and the start of its load. */
  'controller, while booting' | 'controller' | 'watchdog, then controller' | 'both';

/** One death and what it left. */
export interface Moment {
  readonly death: Death;
  /** From the start of the load, or from its claim where it was booting. */
  readonly atMs: number;
  /** Ids of the faults that were on. */
  readonly active: readonly string[];
  readonly leftAtLimit: readonly string[];
  readonly cleanAfterMs: number;
  /** How many changes the next start had to undo. */
  readonly sweptCount: number;
}

export interface DyingOptions {
  readonly world: OutsideWorld;
  /** Where the drill's workspace is. */
  readonly folder: string;
  readonly death: Death;
  readonly random: Random;
  /** Between one fault and the next. */
  readonly everyMs: number;
  /** The moment is somewhere in so long a time from the start of the load. */
  readonly spreadMs: number;
  /** For how long something may be left. */
  readonly limitMs: number;
}

/** Longer than any moment of any test. */
const TOTAL_MS = 60_000;

/** About as long as this little system takes to boot. */
const BOOT_MS = 800;

/** Begins a drill, kills it at a moment that is left to chance, and looks at what it leaves. */
export async function dieOnce(options: DyingOptions): Promise<Moment> {
  const { world, folder, death, random, everyMs, spreadMs, limitMs } = options;
  const isBooting = death === 'controller, while booting';
  const order = { everyMs, totalMs: TOTAL_MS };
  const drill = await beginDrill(world, join(folder, '.stormcart'), order, isBooting ? 'claim' : 'load');
  try {
    const startMs = systemClock.now();
    await systemClock.sleep(random.next() * (isBooting ? BOOT_MS : spreadMs));
    if (death === 'watchdog, then controller') await killWatchdogFirst(drill, random);
    const atMs = systemClock.now() - startMs;
    if (death === 'both') await killBoth(drill, random);
    else drill.child.kill('SIGKILL');
    const killedMs = systemClock.now();
    await drill.kill();
    const sweptCount = death === 'both' ? await nextStart(folder) : 0;
    const { left } = await untilClean(drill, limitMs);
    const cleanAfterMs = systemClock.now() - killedMs;
    return { death, atMs, active: drill.active(), leftAtLimit: left, cleanAfterMs, sweptCount };
  } finally {
    await drill.kill();
  }
}

/** The controller is to notice, say so, and start another; it may die while that one is still coming up. */
async function killWatchdogFirst(drill: DoomedDrill, random: Random): Promise<void> {
  for (const pid of await drill.attendants('watchdog')) process.kill(pid, 'SIGKILL');
  await drill.said(({ kind, text }) => kind === 'notice' && String(text).includes('another one watches now'));
  await systemClock.sleep(random.next() * 500);
}

/** Stopped first: killed first it would be replaced, killed last it would have begun. At times the reaper dies, too. */
async function killBoth(drill: DoomedDrill, random: Random): Promise<void> {
  const watchdogs = await drill.attendants('watchdog');
  const reapers = random.next() < 0.5 ? await drill.attendants('reaper') : [];
  for (const pid of [...watchdogs, ...reapers]) process.kill(pid, 'SIGSTOP');
  drill.child.kill('SIGKILL');
  for (const pid of [...watchdogs, ...reapers]) process.kill(pid, 'SIGKILL');
}

async function nextStart(folder: string): Promise<number> {
  const { code, stderr } = await runCli(['clean'], { cwd: folder });
  if (code !== 0) throw new Error(`clean ended with ${code}: ${stderr}`);
  return Number(/undid (\d+) change/.exec(stderr)?.[1] ?? 0);
}
