import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import type { Fault } from '../fault/fault.ts';
import type { FaultJournal, NewEntry, TakenOver } from '../journal/fault-journal.ts';
import { createFaultSession } from './fault-session.ts';

const step = { kind: 'continue-process', pid: 17, identity: 'boot/1' };

/** A journal on paper, and a fault that writes to it; `calls` is what happened, in order. */
function rig(overrides: Partial<Fault> = {}, journalOverrides: Partial<FaultJournal> = {}) {
  const clock = new ManualClock(1_000);
  const calls: string[] = [];
  const entries: NewEntry[] = [];
  const listeners: ((news: TakenOver) => void)[] = [];
  const journal: FaultJournal = {
    open: async (entry) => {
      entries.push(entry);
      calls.push(`opened ${entries.length}`);
      return entries.length;
    },
    done: async (entry) => {
      calls.push(`done ${entry}`);
    },
    onTakenOver: (listener) => {
      listeners.push(listener);
    },
    ...journalOverrides,
  };
  const fault: Fault = {
    id: 'stuck',
    about: 'about stuck',
    apply: async (lease) => {
      await lease.journal(step);
      calls.push('applied');
    },
    revert: async () => {
      calls.push('reverted');
    },
    verifyGone: async () => true,
    hits: async () => 1,
    ...overrides,
  };
  const session = createFaultSession({ clock, journal, limits: { applyMs: 200, verifyMs: 200 } });
  const tell = (news: TakenOver): void => {
    for (const listener of listeners) listener(news);
  };
  return { clock, calls, entries, fault, session, tell };
}

it('is written down before it is applied, with its lease, and marked done when its end is verified', async () => {
  const { clock, calls, entries, fault, session } = rig();
  const over = session.inject(fault, 500);
  await clock.advance(500);
  expect(await over).toMatchObject({ isVerified: true });
  expect(entries).toEqual([{ fault: 'stuck', step, untilMs: 1_500 }]);
  expect(calls).toEqual(['opened 1', 'applied', 'reverted', 'done 1']);
});

it('is not applied when it cannot be written down, and says so', async () => {
  const { calls, fault, session } = rig({}, { open: () => Promise.reject(new Error('the disk is full')) });
  const record = await session.inject(fault, 500);
  expect(record).toMatchObject({ problem: 'not applied: the disk is full' });
  expect(calls).toEqual(['reverted']);
});

it('stays open when it is still there', async () => {
  const { clock, calls, fault, session } = rig({ verifyGone: async () => false });
  const over = session.inject(fault, 500);
  await clock.advance(1_000);
  expect(await over).toMatchObject({ isVerified: false });
  expect(calls.filter((call) => call.startsWith('done'))).toEqual([]);
});

it('has ended also when that cannot be written down', async () => {
  const { clock, fault, session } = rig({}, { done: () => Promise.reject(new Error('the disk is full')) });
  const over = session.inject(fault, 500);
  await clock.advance(500);
  const record = await over;
  expect(record).toMatchObject({ isVerified: true });
  expect(record.problem).toBeUndefined();
});

it('begins nothing more once it was given up', async () => {
  const late = Promise.withResolvers<void>();
  const { clock, calls, fault, session } = rig({
    apply: async (lease) => {
      await lease.journal(step);
      await late.promise;
      await lease.journal(step);
      calls.push('applied late');
    },
  });
  const over = session.inject(fault, 500);
  await clock.advance(200);
  expect(await over).toMatchObject({
    isVerified: true,
    problem: expect.stringContaining('longer than 200 ms'),
  });
  late.resolve();
  await clock.advance(1);
  expect(calls).toEqual(['opened 1', 'reverted', 'done 1']);
});

it('begins nothing whose entry was written too late, and closes the entry', async () => {
  const slow = Promise.withResolvers<number>();
  const { clock, calls, fault, session } = rig({}, { open: () => slow.promise });
  const over = session.inject(fault, 500);
  await clock.advance(200);
  await over;
  slow.resolve(1);
  await clock.advance(1);
  expect(calls).toEqual(['reverted', 'done 1']);
});

it('did not last as planned when the watchdog ended it', async () => {
  const { clock, fault, session, tell } = rig();
  const over = session.inject(fault, 500);
  await clock.advance(10);
  tell({ fault: 'other', reason: 'not about this one' });
  tell({ fault: 'stuck', reason: 'ended by the watchdog' });
  tell({ fault: 'stuck', reason: 'and its second step, too' });
  await clock.advance(500);
  expect(await over).toMatchObject({ isVerified: true, problem: 'ended by the watchdog' });
  expect(session.events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
});
