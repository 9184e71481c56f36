import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import type { Fault } from '../fault/fault.ts';
import { createFaultSession } from './fault-session.ts';

/** A fault that writes down what is asked of it. */
function fakeFault(id: string, calls: string[], overrides: Partial<Fault> = {}): Fault {
  let isThere = false;
  return {
    id,
    about: `about ${id}`,
    apply: async ({ forMs }) => {
      calls.push(`${id} apply ${forMs}`);
      isThere = true;
    },
    revert: async () => {
      calls.push(`${id} revert`);
      isThere = false;
    },
    verifyGone: async () => !isThere,
    hits: async () => 3,
    ...overrides,
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

it('applies a fault, reverts it when its time is over and records what happened', async () => {
  const clock = new ManualClock(1_000);
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const over = session.inject(fakeFault('slow', calls), 500);
  await clock.advance(499);
  expect(calls).toEqual(['slow apply 500']);
  expect(session.records()).toMatchObject([{ id: 'slow', appliedMs: 1_000, isVerified: false }]);
  await clock.advance(1);
  expect(await over).toEqual({
    id: 'slow',
    plannedForMs: 500,
    appliedMs: 1_000,
    revertedMs: 1_500,
    hits: 3,
    isVerified: true,
  });
  expect(session.events.map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ['applied', 1_000],
    ['reverted', 1_500],
    ['verified', 1_500],
  ]);
  expect(clock.waiting).toBe(0);
});

it('counts the time that applying takes as part of the lease', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const over = session.inject(fakeFault('slow', [], { apply: () => clock.sleep(200) }), 500);
  await clock.advance(500);
  expect(await over).toMatchObject({ appliedMs: 0, revertedMs: 500, isVerified: true });
});

it('rolls back what is active, the latest first, and lets nothing else in', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const overs = ['a', 'b', 'c'].map((id) => session.inject(fakeFault(id, calls), 10_000));
  overs.push(session.inject(fakeFault('short', calls), 50));
  await clock.advance(100);
  calls.length = 0;
  expect(await session.rollback()).toEqual([]);
  expect(calls).toEqual(['c revert', 'b revert', 'a revert']);
  expect((await Promise.all(overs)).map(({ id, isVerified }) => [id, isVerified])).toEqual([
    ['a', true],
    ['b', true],
    ['c', true],
    ['short', true],
  ]);
  const refused = await session.inject(fakeFault('late', calls), 10);
  expect(refused).toMatchObject({ appliedMs: undefined, problem: expect.stringContaining('rolled back') });
  expect(calls).not.toContain('late apply 10');
  expect(clock.waiting).toBe(0);
});

it('refuses a fault that is active already, and leaves the active one alone', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const over = session.inject(fakeFault('once', calls), 100);
  const refused = await session.inject(fakeFault('once', calls), 50);
  expect(refused).toMatchObject({ appliedMs: undefined, problem: 'not applied: it is active already' });
  expect(calls).toEqual(['once apply 100']);
  await clock.advance(100);
  expect(await over).toMatchObject({ isVerified: true });
});

it('reverts a fault whose applying failed half-way', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const half = fakeFault('half', calls, { apply: () => Promise.reject(new Error('no such process')) });
  const record = await session.inject(half, 500);
  expect(calls).toEqual(['half revert']);
  expect(record).toMatchObject({ isVerified: true, problem: 'not applied: no such process' });
});

it('gives up on a revert that hangs or fails, and says so', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock, limits: { revertMs: 300 } });
  const calls: string[] = [];
  void session.inject(fakeFault('fine', calls), 10_000);
  void session.inject(fakeFault('hangs', calls, { revert: never }), 10_000);
  void session.inject(
    fakeFault('refuses', calls, { revert: () => Promise.reject(new Error('no permission')) }),
    10_000,
  );
  await clock.advance(10);
  const rolledBack = session.rollback();
  await clock.advance(300);
  expect(await rolledBack).toEqual([
    { id: 'refuses', about: 'about refuses', problem: 'not reverted: no permission' },
    { id: 'hangs', about: 'about hangs', problem: 'not reverted: reverting it took longer than 300 ms' },
  ]);
  expect(calls).toContain('fine revert');
  expect(session.events.filter(({ kind }) => kind === 'failed')).toHaveLength(2);
});

it('interrupts a fault that is still being applied when it rolls back', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const apply: Fault['apply'] = ({ signal }) => clock.sleep(60_000, signal);
  const over = session.inject(fakeFault('slow', calls, { apply }), 120_000);
  await clock.advance(10);
  expect(await session.rollback()).toEqual([]);
  expect(calls).toEqual(['slow revert']);
  expect(await over).toMatchObject({ isVerified: true, problem: expect.stringContaining('rolled back') });
});

it('reverts again as long as the fault is still there, then reports it', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock, limits: { verifyMs: 1_000 } });
  let looks = 0;
  const calls: string[] = [];
  const stubborn = fakeFault('stubborn', calls, { verifyGone: async () => (looks += 1) === 3 });
  const stuck = fakeFault('stuck', [], { verifyGone: async () => false });
  const overs = [session.inject(stubborn, 10), session.inject(stuck, 10)];
  await clock.advance(2_000);
  const [first, second] = await Promise.all(overs);
  expect(first).toMatchObject({ isVerified: true });
  expect(calls).toEqual(['stubborn apply 10', 'stubborn revert', 'stubborn revert', 'stubborn revert']);
  expect(second).toMatchObject({
    isVerified: false,
    revertedMs: 10,
    problem: expect.stringContaining('not gone'),
  });
});

it('records hits that cannot be read as a problem', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const over = session.inject(fakeFault('x', [], { hits: () => Promise.reject(new Error('gone')) }), 10);
  await clock.advance(10);
  expect(await over).toMatchObject({ hits: 0, isVerified: true, problem: 'hits unknown: gone' });
});

it('ends a fault before its time, verified, and lets others be', async () => {
  const clock = new ManualClock();
  const session = createFaultSession({ clock });
  const calls: string[] = [];
  const slow = session.inject(fakeFault('slow', calls), 500);
  const lossy = session.inject(fakeFault('lossy', calls), 500);
  await clock.advance(100);
  expect(await session.end('slow')).toBe(true);
  expect(calls).toEqual(['slow apply 500', 'lossy apply 500', 'slow revert']);
  expect(await slow).toMatchObject({ revertedMs: 100, isVerified: true });
  expect(await session.end('slow')).toBe(false);
  expect(await session.end('nobody')).toBe(false);
  await clock.advance(400);
  expect(await lossy).toMatchObject({ revertedMs: 500, isVerified: true });
  // Another of the same name may come now.
  const again = session.inject(fakeFault('slow', calls), 10);
  await clock.advance(10);
  expect(await again).toMatchObject({ isVerified: true });
});
