import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usualWatchdogLimits } from '@stormcart/chaos';
import { createRandom } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Death, dieOnce, type Moment } from './ends/die-once.ts';
import { faultRows } from './ends/fault-rows.ts';
import { type OutsideWorld, openOutsideWorld } from './ends/outside-world.ts';

/** How often each way of dying is tried. `MOMENTS=10` tries fewer, `SEED=7` others. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 50);
const SEED = process.env['SEED'] ?? 'always ends';

/** The promise: after at most the heartbeat's limit nothing is left. */
const LIMIT_MS = usualWatchdogLimits.silenceMs;
/** Half of the moments lie between two faults, the other half where all are on. */
const EVERY_MS = 60;
const SPREAD_MS = 2 * EVERY_MS * (faultRows.length + 1);

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

it.each<Death>(['controller', 'watchdog, then controller', 'both'])(
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

it('has every kind of fault on in at least a third of the moments', () => {
  const whole = moments.filter(({ active }) => active.length >= faultRows.length - momentary.length);
  expect(whole.length).toBeGreaterThanOrEqual(moments.length / 3);
});

/** Kinds that are over at once; the fault's end is that the process is back. */
const momentary = faultRows.filter(({ kind }) => kind === 'kill' || kind === 'restart');

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
    `Fault kinds (${faultRows.length}): ${kinds}. Limit: ${LIMIT_MS} ms.`,
    '',
    '| # | moment | faults on | killed | left after the limit | ms until clean | undone by the next start |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
