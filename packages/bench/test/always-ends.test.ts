import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usualWatchdogLimits } from '@stormcart/chaos';
import { createRandom } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Death, dieOnce } from './ends/die-once.ts';
import { beginDrill, untilClean } from './ends/doomed-drill.ts';
import { allBegunMs, faultIdOf, faultRows, momentaryRows } from './ends/fault-rows.ts';
import { type OutsideWorld, openOutsideWorld } from './ends/outside-world.ts';
import { runCli } from './fixture/cli.ts';

/** All are on after a moment; the moments themselves are the soak's subject. */
const EVERY_MS = 20;
/** Far more than the promise, which the soak holds it to: here only whether it ends. */
const PATIENCE_MS = 6 * usualWatchdogLimits.silenceMs;

let world: OutsideWorld;
let folder: string;

beforeAll(async () => {
  world = await openOutsideWorld();
  folder = mkdtempSync(join(tmpdir(), 'stormcart-ends-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** A drill with everything broken. */
async function everythingBroken(options: { readonly crashAfterMs?: number } = {}) {
  const order = { everyMs: EVERY_MS, totalMs: 60_000, ...options };
  const drill = await beginDrill(world, join(folder, '.stormcart'), order);
  // Those that only end something come and go, and late ones may wait for a store that another has stopped.
  const certain = faultRows.filter((row) => row.lateMs === 0 && !momentaryRows.includes(row)).map(faultIdOf);
  await drill.said(() => {
    const active = drill.active();
    const isMost = active.length >= faultRows.length - momentaryRows.length;
    return isMost && certain.every((id) => active.includes(id));
  });
  return drill;
}

it.each<Death>(['controller', 'watchdog, then controller', 'both'])(
  'leaves nothing when it is killed: %s',
  async (death) => {
    const { leftAtLimit } = await dieOnce({
      world,
      folder,
      death,
      random: createRandom(death),
      everyMs: EVERY_MS,
      spreadMs: 2 * allBegunMs(EVERY_MS),
      limitMs: PATIENCE_MS,
    });
    expect(leftAtLimit).toEqual([]);
  },
);

describe('a drill with everything broken', () => {
  it('rolls back on SIGTERM and SIGHUP, and ends with their exit codes', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const drill = await everythingBroken();
      expect(await world.broken()).not.toEqual([]);
      drill.child.kill(signal);
      expect(await drill.ended).toBe(code);
      expect(drill.active()).toEqual([]);
      expect((await untilClean(drill, PATIENCE_MS)).left).toEqual([]);
    }
  });

  it('leaves nothing when it crashes', async () => {
    const drill = await everythingBroken({ crashAfterMs: 12_000 });
    expect(await drill.ended).not.toBe(0);
    expect((await untilClean(drill, PATIENCE_MS)).left).toEqual([]);
  });

  it('is left alone by a clean beside it', async () => {
    const drill = await everythingBroken();
    const broken = await world.broken();
    const { code, stderr } = await runCli(['clean'], { cwd: folder });
    expect(stderr).toContain('no dead drill left anything behind');
    expect(code).toBe(0);
    expect(broken).not.toEqual([]);
    expect(await world.broken()).toEqual(broken);
    await drill.kill();
    expect((await untilClean(drill, PATIENCE_MS)).left).toEqual([]);
  });
});
