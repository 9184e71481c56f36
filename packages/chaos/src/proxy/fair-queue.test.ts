import { type Clock, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

/** Each look at it takes a millisecond. */
function busyClock(): Clock {
  const clock = new ManualClock();
  let nowMs = 0;
  return Object.assign(Object.create(clock) as Clock, { now: () => nowMs++ });
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

it('does a few at once, and of many the rest in later turns, in order', async () => {
  const queue = new FairQueue(busyClock());
  const done: number[] = [];
  const tasks = Array.from({ length: 10 }, (_, index) => () => void done.push(index));
  queue.addAll(tasks.slice(0, 2));
  expect(done).toEqual([0, 1]);
  queue.addAll(tasks.slice(2));
  expect(done.length).toBeGreaterThan(2);
  expect(done.length).toBeLessThan(10);
  queue.add(() => done.push(10));
  for (let turn = 0; turn < 10; turn += 1) await immediate();
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('keeps the order of what was asked for, though it has come to nothing of it yet', async () => {
  const queue = new FairQueue(busyClock());
  const done: string[] = [];
  queue.addAll(Array.from({ length: 20 }, () => () => void done.push('add')));
  queue.addAll(Array.from({ length: 20 }, () => () => void done.push('remove')));
  for (let turn = 0; turn < 20; turn += 1) await immediate();
  expect(done.indexOf('remove')).toBe(20);
  expect(done).toHaveLength(40);
});

it('takes what a task adds, and lets others have their turn before it', async () => {
  const queue = new FairQueue(new ManualClock());
  const done: string[] = [];
  queue.addAll([
    () => {
      done.push('first');
      queue.addAll([() => done.push('added')]);
    },
    () => done.push('second'),
  ]);
  expect(done).toEqual(['first', 'second']);
  await immediate();
  expect(done).toEqual(['first', 'second', 'added']);
});
