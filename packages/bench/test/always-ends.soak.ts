import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usualWatchdogLimits } from '@stormcart/chaos';
import { createRandom } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Death, dieOnce, type Moment } from './ends/die-once.ts';
import { beginDrill, untilClean } from './ends/doomed-drill.ts';
import { allBegunMs, faultRows, missingRows, momentaryRows } from './ends/fault-rows.ts';
import { type OutsideWorld, openOutsideWorld } from './ends/outside-world.ts';

/** How often each way of dying is tried. `MOMENTS=10` tries fewer, `SEED=7` others. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 50);
const SEED = process.env['SEED'] ?? 'always ends';

/** The promise: after at most the heartbeat's limit nothing is left. */
const LIMIT_MS = usualWatchdogLimits.silenceMs;
/** Half of the moments lie between two faults, the other half where all are on. */
const EVERY_MS = 60;
const TOTAL_MS = 60_000;
const SPREAD_MS = 2 * allBegunMs(EVERY_MS);

let world: OutsideWorld;
let folder: string;
const moments: Moment[] = [];

beforeAll(async () => {
  world = await openOutsideWorld();
  folder = mkdtempSync(join(tmpdir(), 'stormcart-soak-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
  process.stdout.write(`\n${tableOf(moments)}\n`);
});

it.each<Death>(['controller, while booting', 'controller', 'watchdog, then controller', 'both'])(
  'leaves nothing when it is killed at any moment: %s',
  async (death) => {
    const random = createRandom(`${SEED}/${death}`);
    for (let count = 0; count < MOMENTS; count += 1) {
      const moment = await dieOnce({
        world,
        folder,
        death,
        random,
        everyMs: EVERY_MS,
        spreadMs: SPREAD_MS,
        limitMs: LIMIT_MS,
      });
      moments.push(moment);
      expect(moment.leftAtLimit, describe(moment)).toEqual([]);
    }
  },
  MOMENTS * 20_000,
);

it('knows that its faults were ended when it stood still for longer than the limit', async () => {
  const order = { everyMs: EVERY_MS, totalMs: TOTAL_MS };
  const drill = await beginDrill(world, join(folder, '.stormcart'), order);
  try {
    await drill.said(() => drill.active().length >= faultRows.length - momentaryRows.length);
    expect(await world.broken()).not.toEqual([]);
    drill.child.kill('SIGSTOP');
    await expect.poll(() => world.broken(), { timeout: 6 * LIMIT_MS, interval: 50 }).toEqual([]);
    drill.child.kill('SIGCONT');
    const paused = await drill.said(({ id, change }) => id === 'process-pause' && change === 'failed');
    expect(paused['problem']).toContain('this process stood still');
    drill.child.kill('SIGTERM');
    expect(await drill.ended).toBe(143);
    expect((await untilClean(drill, LIMIT_MS)).left).toEqual([]);
  } finally {
    await drill.kill();
  }
});

it('has every kind of fault on in at least a third of the moments', () => {
  const underLoad = moments.filter(({ death }) => death !== 'controller, while booting');
  const whole = underLoad.filter(({ active }) => active.length >= faultRows.length - momentaryRows.length);
  expect(whole.length).toBeGreaterThanOrEqual(underLoad.length / 3);
});

function describe({ death, atMs, active }: Moment): string {
  return `${death}, ${atMs.toFixed(0)} ms after the start of the load, with ${active.join(', ')}`;
}

function tableOf(rows: readonly Moment[]): string {
  const kinds = faultRows.map(({ family, kind }) => `${family} ${kind}`).join(', ');
  const lines = rows.map(
    ({ death, atMs, active, leftAtLimit, cleanAfterMs, sweptCount }, index) =>
      `| ${index + 1} | ${atMs.toFixed(0)} ms | ${active.length} of ${faultRows.length} | ${death} | ${
        leftAtLimit.length === 0 ? 'nothing' : leftAtLimit.join('; ')
      } | ${cleanAfterMs.toFixed(0)} | ${sweptCount} |`,
  );
  return [
    `Fault kinds (${faultRows.length}): ${kinds}. Not made: ${missingRows.join('; ')}. Limit: ${LIMIT_MS} ms.`,
    '',
    '| # | moment | faults on | killed | left after the limit | ms until clean | undone by the next start |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
