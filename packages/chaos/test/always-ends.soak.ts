import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRandom, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { settleJournal, usualWatchdogLimits } from '../src/index.ts';
import { createJournal } from '../src/journal/journal-file.ts';
import { processRef } from '../src/undo/process-ref.ts';
import { usualUndoLimits } from '../src/undo/undo-all.ts';
import { type EndsRig, msUntilClean, openEndsRig } from './ends-rig.ts';

let rig: EndsRig;

beforeAll(async () => {
  rig = await openEndsRig();
});
afterAll(() => rig.close());

it('leaves no toxic on a proxy that outlives the controller, whenever that is killed', async () => {
  const faults = ['latency', 'timeout', 'reset_peer', 'down'].map((kind) => ({
    id: kind,
    family: 'link',
    kind,
    targets: rig.proxies,
    attributes: kind === 'latency' ? { latency: 100 } : {},
    forMs: 600_000,
  }));
  const random = createRandom('toxics');
  let wereBroken = 0;
  for (let moment = 0; moment < 50; moment += 1) {
    const controller = rig.start({ faults });
    await controller.said(({ kind }) => kind === 'opened');
    await systemClock.sleep(random.next() * 800);
    await controller.kill();
    wereBroken += (await rig.broken()).length > 0 ? 1 : 0;
    expect(await msUntilClean(rig, controller)).toBeLessThan(usualWatchdogLimits.silenceMs);
  }
  expect(wereBroken).toBeGreaterThan(10);
});

it('takes over from a watchdog of a dead run that does not end, and from nobody else', async () => {
  const limits = { ...usualUndoLimits, totalMs: 100, revertMs: 100, verifyMs: 100 };
  const path = `${rig.folder}/held.journal`;
  const journal = await createJournal(path, 'a run');
  const holders: ChildProcess[] = [];
  const hold = async (by: 'watchdog' | 'sweep') => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    holders.push(child);
    await once(child, 'spawn');
    const holder = await processRef(child.pid ?? 0);
    if (holder === undefined) throw new Error('it ended at once');
    await journal.append({ kind: 'holder', by, holder });
    return { child, holder };
  };
  try {
    const other = await hold('sweep');
    const refused = await settleJournal(path, { limits });
    expect(refused?.problems).toEqual([
      expect.stringContaining(`process ${other.child.pid} has been undoing`),
    ]);
    await journal.append({ kind: 'released', holder: other.holder });
    const { child } = await hold('watchdog');
    expect(await settleJournal(path, { limits })).toEqual({ undone: [], problems: [] });
    await expect.poll(() => child.signalCode).toBe('SIGKILL');
    expect(other.child.signalCode).toBeNull();
  } finally {
    for (const child of holders) child.kill('SIGKILL');
    journal.close();
  }
});
