import { settleJournal, usualWatchdogLimits } from '@stormcart/chaos';
import { createRandom, type Random, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StoreWatch, watchStores } from './ends/broken-stores.ts';
import { lastingStoreFaults } from './ends/lasting-store-faults.ts';
import { beginStoreController, leftAfter, type StoreController } from './ends/store-ends.ts';
import { type BootedShop, bootShop } from './fixture/booted-shop.ts';

const SEED = process.env['STORMCART_SOAK_SEED'] ?? 'store-ends';
/** Moments of each death: fifty in all. */
const MOMENTS = 17;
/** A dead controller is noticed at once; silence is noticed after this long, and nothing may be left after it. */
const LIMIT_MS = usualWatchdogLimits.silenceMs;
/** Somewhat longer than it takes until all faults are on: some moments see only a few of them. */
const SPREAD_MS = 4_000;

type Death = 'controller' | 'watchdog, then controller' | 'both';

interface Moment {
  readonly death: Death;
  readonly atMs: number;
  readonly appliedCount: number;
  readonly left: readonly string[];
  readonly cleanAfterMs: number;
}

let booted: BootedShop;
let watch: StoreWatch;
const moments: Moment[] = [];

beforeAll(async () => {
  booted = await bootShop();
  watch = await watchStores(booted);
});
afterAll(async () => {
  watch.close();
  expect(await booted.close()).toEqual([]);
  process.stdout.write(`\n${tableOf(moments)}\n`);
});

it.each<Death>(['controller', 'watchdog, then controller', 'both'])(
  'leaves no store changed when it is killed at any moment: %s',
  async (death) => {
    const random = createRandom(`${SEED}/${death}`);
    for (let count = 0; count < MOMENTS; count += 1) {
      const moment = await dieOnce(death, random);
      moments.push(moment);
      expect(moment.left, `${death}, ${moment.atMs} ms`).toEqual([]);
    }
  },
  MOMENTS * 30_000,
);

it('has every lasting kind on in at least a third of the moments', () => {
  const whole = moments.filter(({ appliedCount }) => appliedCount === lastingStoreFaults.length);
  expect(whole.length).toBeGreaterThanOrEqual(moments.length / 3);
});

async function dieOnce(death: Death, random: Random): Promise<Moment> {
  const controller = await beginStoreController(booted, lastingStoreFaults);
  try {
    const startMs = systemClock.now();
    await systemClock.sleep(random.next() * SPREAD_MS);
    const atMs = Math.round(systemClock.now() - startMs);
    const appliedCount = controller.applied.length;
    await kill(controller, death, random);
    const killedMs = systemClock.now();
    const left = await leftAfter(LIMIT_MS, controller, watch);
    return { death, atMs, appliedCount, left, cleanAfterMs: Math.round(systemClock.now() - killedMs) };
  } finally {
    await controller.kill();
  }
}

async function kill(controller: StoreController, death: Death, random: Random): Promise<void> {
  const watchdogs = death === 'controller' ? [] : await controller.watchdogs();
  if (death === 'watchdog, then controller') {
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    // Another one is on its way, or watches already.
    await systemClock.sleep(random.next() * 1_000);
  }
  // Stopped first: killed first it would be replaced, killed last it would have begun.
  if (death === 'both') for (const pid of watchdogs) process.kill(pid, 'SIGSTOP');
  controller.child.kill('SIGKILL');
  if (death !== 'both') return;
  for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
  const settled = await settleJournal(controller.journalFile);
  expect(settled?.problems ?? []).toEqual([]);
}

function tableOf(rows: readonly Moment[]): string {
  const kinds = lastingStoreFaults.map(({ kind }) => kind).join(', ');
  const lines = rows.map(
    ({ death, atMs, appliedCount, left, cleanAfterMs }, index) =>
      `| ${index + 1} | ${atMs} | ${appliedCount} of ${lastingStoreFaults.length} | ${death} | ${
        left.length === 0 ? 'nothing' : left.join('; ')
      } | ${cleanAfterMs} |`,
  );
  return [
    `Kinds: ${kinds}. Limit: ${LIMIT_MS} ms.`,
    '',
    '| # | ms after its start | faults on | killed | left after the limit | ms until clean |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
