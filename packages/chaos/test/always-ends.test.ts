import { existsSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createRandom, pollUntil, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleJournal } from '../src/index.ts';
import { createJournal, readJournalFile, reopenJournal } from '../src/journal/journal-file.ts';
import { type EndsRig, logOf, msUntilClean, openEndsRig, type TimedFault } from './ends-rig.ts';

let rig: EndsRig;
let everything: readonly TimedFault[];

beforeAll(async () => {
  rig = await openEndsRig();
  const onLinks = { family: 'link', targets: rig.proxies, forMs: 600_000 } as const;
  const onProcesses = { family: 'process', targets: rig.processNames, forMs: 600_000 } as const;
  everything = [
    { ...onLinks, id: 'slow', kind: 'latency', attributes: { latency: 100 } },
    { ...onLinks, id: 'hole', kind: 'timeout', attributes: {} },
    { ...onLinks, id: 'down', kind: 'down', attributes: {} },
    { ...onProcesses, id: 'stopped', kind: 'pause', attributes: {} },
  ];
});
afterAll(() => rig.close());

const only = (id: string, forMs: number): readonly TimedFault[] =>
  everything.filter((fault) => fault.id === id).map((fault) => ({ ...fault, forMs }));

describe('a controller that is killed', () => {
  it('leaves nothing broken, no watchdog and no journal, whenever it happens', async () => {
    const random = createRandom(5);
    let wereBroken = 0;
    for (let moment = 0; moment < 4; moment += 1) {
      const controller = rig.start({ faults: everything });
      await controller.said(({ kind }) => kind === 'opened');
      // Before the first fault, between two of them, or with all of them on.
      if (moment >= 2) await controller.applied();
      else await systemClock.sleep(random.next() * 400);
      wereBroken += (await rig.broken()).length > 0 ? 1 : 0;
      await controller.kill();
      await msUntilClean(rig, controller);
    }
    expect(wereBroken).toBeGreaterThanOrEqual(2);
  });

  it('also leaves nothing after its watchdog was killed first: it has said so and started another', async () => {
    const controller = rig.start({ faults: everything });
    await controller.applied();
    const [first] = await controller.watchdogs();
    if (first === undefined) throw new Error('no watchdog');
    process.kill(first.pid, 'SIGKILL');
    await controller.said(({ text }) => String(text).includes('the watchdog ended (SIGKILL)'));
    expect(await rig.broken()).not.toEqual([]);
    await controller.kill();
    await msUntilClean(rig, controller);
  });

  it('leaves its journal when both are killed, and the next start undoes what it holds', async () => {
    const controller = rig.start({ faults: everything });
    await controller.applied();
    const broken = await rig.broken();
    const dogs = await controller.watchdogs();
    // Stopped first: killed first it would be replaced, killed last it would have begun.
    for (const { pid } of dogs) process.kill(pid, 'SIGSTOP');
    await controller.kill();
    for (const { pid } of dogs) process.kill(pid, 'SIGKILL');
    await expect.poll(() => controller.watchdogs()).toEqual([]);
    const left = await rig.broken();
    expect(left).toEqual(broken);
    const settled = await settleJournal(controller.journalFile);
    expect(settled?.problems).toEqual([]);
    expect(settled?.undone).toHaveLength(left.length);
    expect(await rig.broken()).toEqual([]);
    expect(existsSync(controller.journalFile)).toBe(false);
    expect(await settleJournal(controller.journalFile)).toBeUndefined();
  });

  it('is undone although whoever ended it asked its watchdog to end, too', async () => {
    const controller = rig.start({ faults: everything });
    await controller.applied();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      for (const { pid } of await controller.watchdogs()) process.kill(pid, signal);
    }
    await controller.kill();
    await msUntilClean(rig, controller);
  });
});

describe('a controller that stands still', () => {
  it('has its faults ended for it, and knows it afterwards', async () => {
    const controller = rig.start({ faults: everything, limits: { silenceMs: 1_000 } });
    await controller.applied();
    controller.child.kill('SIGSTOP');
    await expect.poll(() => rig.broken(), { timeout: 30_000 }).toEqual([]);
    // The watchdog stays: the controller may go on and break the next thing.
    expect(await controller.watchdogs()).toHaveLength(1);
    controller.child.kill('SIGCONT');
    const word = await controller.said((each) => each['change'] === 'failed' && each['id'] === 'stopped');
    expect(word['problem']).toContain('ended by the watchdog, because this process stood still');
    controller.child.stdin?.write('\n');
    await controller.said(({ kind }) => kind === 'closed');
  });
});

describe('a fault whose controller does not end it', () => {
  it('is ended after its lease and the grace, while the others stay', async () => {
    const faults = [...only('stopped', 300), ...only('slow', 600_000)];
    const controller = rig.start({ faults, stuck: ['stopped'], limits: { graceMs: 500 } });
    await controller.applied();
    const word = await controller.said((each) => each['change'] === 'failed' && each['id'] === 'stopped');
    expect(word['problem']).toContain('its lease was over and nobody had ended it');
    expect(await rig.broken()).toEqual(['toxic slow_downstream on a->b', 'toxic slow_downstream on c->d']);
    await controller.kill();
    await msUntilClean(rig, controller);
  });
});

describe('a controller that goes in order', () => {
  it('takes its watchdog and its journal with it', async () => {
    const controller = rig.start({ faults: everything });
    await controller.applied();
    const [dog] = await controller.watchdogs();
    expect(statSync(controller.journalFile).mode & 0o777).toBe(0o600);
    controller.child.stdin?.write('\n');
    expect(await controller.said(({ kind }) => kind === 'closed')).toMatchObject({
      undone: [],
      problems: [],
    });
    expect(await rig.broken()).toEqual([]);
    expect(existsSync(controller.journalFile)).toBe(false);
    expect(dog).toBeDefined();
    expect(await controller.watchdogs()).toEqual([]);
  });

  it('lets its watchdog undo what it could not', async () => {
    const faults = everything.filter(({ id }) => id === 'stopped');
    const controller = rig.start({ faults, stuck: ['stopped'], revertMs: 100 });
    await controller.applied();
    controller.child.stdin?.write('\n');
    expect(await controller.said(({ kind }) => kind === 'closed')).toMatchObject({ problems: [] });
    expect(logOf(controller)).toContain('"why":"dismissed","result":{"kind":"undone"}');
    expect(await rig.broken()).toEqual([]);
    expect(existsSync(controller.journalFile)).toBe(false);
  });
});

describe('a watchdog that is ended each time', () => {
  it('is not replaced for ever, and no fault is begun without one', async () => {
    const controller = rig.start({ faults: everything });
    await controller.said(({ kind }) => kind === 'opened');
    const seen = new Set<number>();
    await pollUntil(
      async () => {
        for (const { pid } of await controller.watchdogs()) {
          if (!seen.has(pid)) process.kill(pid, 'SIGKILL');
          seen.add(pid);
        }
        return controller.words.some(({ kind }) => kind === 'unready');
      },
      { everyMs: 5, signal: AbortSignal.timeout(60_000) },
    );
    expect(seen.size).toBe(5);
    const record = await controller.said(({ kind, id }) => kind === 'record' && id === 'stopped');
    expect(record['problem']).toContain('not applied: there is no watchdog: it has ended 5 times');
    expect(await rig.broken()).toEqual([]);
    await controller.kill();
  });

  it('is replaced also when it only stands still', async () => {
    const controller = rig.start({ faults: everything, limits: { silenceMs: 1_000, beatEveryMs: 100 } });
    await controller.applied();
    const [first] = await controller.watchdogs();
    if (first === undefined) throw new Error('no watchdog');
    process.kill(first.pid, 'SIGSTOP');
    await controller.said(({ text }) => String(text).includes('another one watches now'));
    await controller.kill();
    await msUntilClean(rig, controller);
  });
});

describe('a journal', () => {
  const pid = 2 ** 22 + 1;
  const open = (entry: number) =>
    ({
      kind: 'open',
      entry,
      fault: 'stopped',
      step: { kind: 'continue-process', pid, identity: 'gone' },
      untilMs: 0,
      until: '2026-01-01T00:00:00.000Z',
    }) as const;

  it('with a damaged line is kept and says so, after the rest was undone', async () => {
    const path = `${rig.folder}/damaged.journal`;
    const journal = await createJournal(path, 'a run');
    await journal.append(open(1));
    journal.close();
    await appendFile(path, '{"kind":"open","entry":2,"check":"00000000"}\n');
    const settled = await settleJournal(path);
    expect(settled?.problems).toEqual(['line 3 is damaged, and what it announced may still be there']);
    expect((await readJournalFile(path))?.entries.map(({ state }) => state.kind)).toEqual(['done']);
  });

  it('with a half line at its end is whole again after the next line', async () => {
    const path = `${rig.folder}/torn.journal`;
    const journal = await createJournal(path, 'a run');
    await journal.append(open(1));
    await appendFile(path, '{"kind":"open","entr');
    expect(await readJournalFile(path)).toMatchObject({ isTorn: true, damagedLines: [] });
    await journal.append(open(2));
    journal.close();
    const content = await readJournalFile(path);
    expect(content).toMatchObject({ isTorn: false, damagedLines: [] });
    expect(content?.entries.map(({ entry }) => entry)).toEqual([1, 2]);
    expect(await settleJournal(path)).toMatchObject({ problems: [] });
  });

  it('that cannot be written refuses, whatever the reason', async () => {
    const full = reopenJournal('/dev/full');
    await expect(full.append(open(1))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    full.close();
    await expect(createJournal(`${rig.folder}/no such folder/x`, 'a run')).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining('ENOENT'),
    });
    const path = `${rig.folder}/large.journal`;
    const journal = await createJournal(path, 'a run');
    const large = { ...open(1), fault: 'x'.repeat(20_000) };
    await expect(journal.append(large)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    journal.close();
    expect((await readJournalFile(path))?.entries).toEqual([]);
    await expect(createJournal(path, 'another run')).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  });

  it('that is full takes no more faults, and still ends those that it has', async () => {
    const path = `${rig.folder}/full.journal`;
    const journal = await createJournal(path, 'a run');
    const large = { ...open(1), fault: 'x'.repeat(15_000) };
    // Four mebibytes are fewer than 300 of these.
    const filling = Array.from({ length: 300 }, (_, index) => journal.append({ ...large, entry: index + 1 }));
    const refused = (await Promise.allSettled(filling)).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(50);
    await journal.append({ kind: 'done', entry: 1, by: 'controller' });
    const content = await readJournalFile(path);
    expect(content?.entries).toHaveLength(300 - refused.length);
    expect(content?.entries[0]?.state).toEqual({ kind: 'done', by: 'controller' });
    journal.close();
  });

  it('that somebody else is undoing is waited for', async () => {
    const path = `${rig.folder}/shared.journal`;
    const journal = await createJournal(path, 'a run');
    await journal.append(open(1));
    const both = await Promise.all([settleJournal(path), settleJournal(path)]);
    expect(both.map((settled) => settled?.problems ?? [])).toEqual([[], []]);
    expect(existsSync(path)).toBe(false);
    journal.close();
  });
});
