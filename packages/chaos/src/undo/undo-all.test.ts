import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { UndoTable } from './ready-undo.ts';
import type { Undo } from './undo.ts';
import { type UndoLimits, type UndoOutcome, type UndoTask, undoAll } from './undo-all.ts';

const limits: UndoLimits = {
  revertMs: 1_000,
  verifyMs: 500,
  attempts: 4,
  pauseMs: 100,
  pauseMsMax: 200,
  totalMs: 10_000,
};

interface Setting {
  readonly name: string;
  readonly value: number;
}

/** Settings that can be put back, and what was done to them. */
function settings(behaviour: (setting: Setting, attempt: number) => Promise<void> = async () => undefined) {
  const values = new Map<string, number>();
  const attempts = new Map<string, number>();
  const reverted: string[] = [];
  const restore: Undo<Setting> = {
    details: z.strictObject({ name: z.string(), value: z.number() }),
    about: ({ name, value }) => `set ${name} to ${value}`,
    revert: async (setting) => {
      const key = `${setting.name}=${setting.value}`;
      attempts.set(key, (attempts.get(key) ?? 0) + 1);
      reverted.push(key);
      await behaviour(setting, attempts.get(key) ?? 0);
      values.set(setting.name, setting.value);
    },
    isGone: async ({ name, value }) => values.get(name) === value,
  };
  return { values, reverted, table: { restore, other: restore } };
}

function task(name: string, value: number, kind = 'restore'): UndoTask {
  return { step: { kind, name, value } };
}

/** Runs to the end on a clock that nobody has to wait for. */
async function run(tasks: readonly UndoTask[], table: UndoTable, clock = new ManualClock()) {
  const told: UndoOutcome<UndoTask>[] = [];
  const ending = undoAll(tasks, { clock, limits, table, onOutcome: (outcome) => told.push(outcome) });
  await clock.advance(60_000);
  return { outcomes: await ending, told, waiting: clock.waiting };
}

it('undoes the latest first, so that the first value of a thing that was changed twice comes back', async () => {
  const { table, values, reverted } = settings();
  const { outcomes, waiting } = await run([task('max', 151), task('max', 5)], table);
  expect(reverted).toEqual(['max=5', 'max=151']);
  expect(values.get('max')).toBe(151);
  expect(outcomes.map(({ about, result }) => [about, result])).toEqual([
    ['set max to 5', { kind: 'undone' }],
    ['set max to 151', { kind: 'undone' }],
  ]);
  expect(waiting).toBe(0);
});

it('repeats what came after a failure, so that the last word stays with the earliest change', async () => {
  const rig = settings(async ({ value }, attempt) => {
    if (value === 5 && attempt === 1) throw new Error('the store restarts');
  });
  const { told } = await run([task('max', 151), task('max', 5)], rig.table);
  expect(rig.reverted).toEqual(['max=5', 'max=151', 'max=5', 'max=151']);
  expect(rig.values.get('max')).toBe(151);
  // Told only when nothing could change it any more.
  expect(told.map(({ about }) => about)).toEqual(['set max to 5', 'set max to 151']);
});

it('gives up on what fails each time, says why, and undoes the rest', async () => {
  const rig = settings(async ({ name }) => {
    if (name === 'broken') throw new Error('no permission');
  });
  const { outcomes } = await run([task('a', 1), task('broken', 2), task('b', 3)], rig.table);
  expect(outcomes.map(({ about, result }) => [about, result])).toEqual([
    ['set b to 3', { kind: 'undone' }],
    ['set broken to 2', { kind: 'failed', problem: 'no permission' }],
    ['set a to 1', { kind: 'undone' }],
  ]);
  expect(rig.reverted.filter((key) => key === 'broken=2')).toHaveLength(limits.attempts);
});

it('does not let a step that hangs hold up other kinds, and bounds it', async () => {
  const clock = new ManualClock();
  const rig = settings(({ name }) => (name === 'hung' ? new Promise(() => undefined) : Promise.resolve()));
  const told: string[] = [];
  const ending = undoAll([task('quick', 1), task('hung', 2, 'other')], {
    clock,
    limits,
    table: rig.table,
    onOutcome: ({ about }) => told.push(about),
  });
  await clock.advance(1);
  expect(told).toEqual(['set quick to 1']);
  await clock.advance(60_000);
  const outcomes = await ending;
  expect(outcomes.find(({ about }) => about === 'set hung to 2')?.result).toEqual({
    kind: 'failed',
    problem: 'undoing it took longer than 1000 ms',
  });
  expect(clock.waiting).toBe(0);
});

it('says that it is not gone when it is still there after the revert', async () => {
  const rig = settings();
  const table = { restore: { ...rig.table.restore, isGone: async () => false } };
  const { outcomes } = await run([task('sticky', 1)], table);
  expect(outcomes).toMatchObject([{ result: { problem: expect.stringContaining('going away') } }]);
});

it('tells of steps that nobody can carry out, and undoes the others', async () => {
  const rig = settings();
  const unknown = { step: { kind: 'constructor' } };
  const unfit = { step: { kind: 'restore', name: 'max' } };
  const { outcomes } = await run([task('max', 7), unknown, unfit], rig.table);
  const resultOf = (wanted: UndoTask) =>
    outcomes.find((outcome) => outcome.task.step === wanted.step)?.result;
  expect(resultOf(unknown)).toMatchObject({ problem: expect.stringContaining('nobody knows') });
  expect(resultOf(unfit)).toMatchObject({ problem: expect.stringContaining('cannot be undone') });
  expect(rig.values.get('max')).toBe(7);
});

it('leaves alone what lived in a process that is gone', async () => {
  const rig = settings(() => Promise.reject(new Error('connection refused')));
  // Above every pid that Linux gives out (pid_max is at most 2^22).
  const gone = { step: { ...task('max', 1).step, process: { pid: 2 ** 22 + 1, identity: 'a boot/1' } } };
  const { outcomes } = await run([gone], rig.table);
  expect(outcomes).toMatchObject([{ result: { kind: 'gone' } }]);
  expect(rig.reverted).toEqual([]);
});

it('does not touch what is gone already', async () => {
  const rig = settings();
  rig.values.set('max', 151);
  const { outcomes } = await run([task('max', 151)], rig.table);
  expect(outcomes).toMatchObject([{ result: { kind: 'gone' } }]);
  expect(rig.reverted).toEqual([]);
});
