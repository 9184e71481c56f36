import { createRandom, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { type Deadlined, Deadlines } from './deadlines.ts';

class Item implements Deadlined<Item> {
  readonly deadlineMs: number;
  earlier: Item | undefined;
  later: Item | undefined;
  isInLine = false;
  dueAtMs: number | undefined;

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }
}

function setUp(zeroMs = 0) {
  const clock = new ManualClock();
  const due: Item[] = [];
  const deadlines = new Deadlines<Item>(clock, zeroMs, (item) => {
    item.dueAtMs = clock.now() - zeroMs;
    due.push(item);
  });
  return { clock, due, deadlines };
}

it('tells each at its time, the earliest first, whatever the order in which they came', async () => {
  const { clock, due, deadlines } = setUp();
  const items = [30, 10, 20, 10].map((ms) => new Item(ms));
  for (const item of items) deadlines.add(item);
  await clock.advance(9);
  expect(due).toEqual([]);
  await clock.advance(30);
  expect(due.map(({ deadlineMs, dueAtMs }) => [deadlineMs, dueAtMs])).toEqual([
    [10, 10],
    [10, 10],
    [20, 20],
    [30, 30],
  ]);
  expect(deadlines.count).toBe(0);
});

it('never tells one before its time, not even by a fraction', async () => {
  const { clock, due, deadlines } = setUp();
  deadlines.add(new Item(10.4));
  await clock.advance(10);
  expect(due).toEqual([]);
  await clock.advance(1);
  expect(due.map(({ dueAtMs }) => dueAtMs)).toEqual([11]);
});

it('tells what was added while another one was told', async () => {
  const clock = new ManualClock();
  const told: number[] = [];
  const deadlines: Deadlines<Item> = new Deadlines<Item>(clock, 0, ({ deadlineMs }) => {
    told.push(deadlineMs);
    if (deadlineMs === 5) deadlines.add(new Item(7));
  });
  deadlines.add(new Item(5));
  deadlines.add(new Item(9));
  await clock.advance(20);
  expect(told).toEqual([5, 7, 9]);
});

it('keeps count, and tells exactly those that were not taken out, at random', async () => {
  const random = createRandom('deadlines');
  const { clock, due, deadlines } = setUp(0);
  const items: Item[] = [];
  const removed = new Set<Item>();
  for (let turn = 0; turn < 2_000; turn += 1) {
    const item = new Item(clock.now() + 100 + Math.floor(random.next() * 50));
    items.push(item);
    deadlines.add(item);
    const other = items[Math.floor(random.next() * items.length)];
    if (random.next() < 0.7 && other?.isInLine === true) {
      deadlines.remove(other);
      deadlines.remove(other);
      removed.add(other);
    }
    expect(deadlines.count).toBe(items.length - removed.size - due.length);
    if (turn % 5 === 0) await clock.advance(1);
  }
  await clock.advance(200);
  expect(new Set(due)).toEqual(new Set(items.filter((item) => !removed.has(item))));
  for (const { deadlineMs, dueAtMs } of due) expect(dueAtMs).toBe(deadlineMs);
});

it('gives back all that are left, and is silent afterwards', async () => {
  const { clock, due, deadlines } = setUp();
  for (const ms of [20, 10]) deadlines.add(new Item(ms));
  expect(deadlines.takeAll().map(({ deadlineMs }) => deadlineMs)).toEqual([10, 20]);
  expect(deadlines.count).toBe(0);
  await clock.advance(50);
  expect(due).toEqual([]);
});
