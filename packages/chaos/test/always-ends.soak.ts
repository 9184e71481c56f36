import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRandom, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AttributeValues, faultFamilies, settleJournal, usualWatchdogLimits } from '../src/index.ts';
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
  const attributes: Readonly<Record<string, AttributeValues>> = {
    latency: { latency: 100 },
    bandwidth: { rate: 10_000 },
    slow_close: { delay: 50 },
    slicer: { average_size: 10 },
    limit_data: { bytes: 100 },
  };
  const faults = Object.keys(faultFamilies.link.kinds).map((kind) => ({
    id: kind,
    family: 'link',
    kind,
    targets: rig.proxies,
    attributes: attributes[kind] ?? {},
    forMs: 600_000,
  }));
  const random = createRandom('toxics');
  for (let moment = 0; moment < 50; moment += 1) {
    const controller = rig.start({ faults });
    await controller.said(({ kind }) => kind === 'ready');
    // Every other time with all of them on, else somewhere between the first line of the journal and the last toxic.
    if (moment % 2 === 0) {
      await controller.applied();
      expect((await rig.broken()).length).toBeGreaterThanOrEqual(faults.length * rig.proxies.length);
    } else await systemClock.sleep(random.next() * 100);
    await controller.kill();
    expect(await msUntilClean(rig, controller)).toBeLessThan(usualWatchdogLimits.silenceMs);
  }
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
