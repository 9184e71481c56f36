import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../control/drill-state.ts';
import { createLogRing } from './log-ring.ts';

describe('the log ring', () => {
  it('keeps the newest lines only, however many come', () => {
    const ring = createLogRing(100);
    for (let number = 1; number <= 10_000; number += 1) ring.push(entry(number));
    expect(ring.count).toBe(100);
    expect(ring.lastNumber).toBe(10_000);
    expect(numbers(ring.latest(3))).toEqual([9_998, 9_999, 10_000]);
    expect(numbers(ring.latest(1_000))).toEqual(Array.from({ length: 100 }, (_, index) => 9_901 + index));
  });

  it('takes no line twice', () => {
    const ring = createLogRing(100);
    expect([1, 2, 2, 1, 3].map((number) => ring.push(entry(number)))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(numbers(ring.latest(10))).toEqual([1, 2, 3]);
  });

  it('leaves the newest away where it is scrolled back', () => {
    const ring = createLogRing(5);
    for (let number = 1; number <= 7; number += 1) ring.push(entry(number));
    expect(numbers(ring.latest(2, { skip: 2 }))).toEqual([4, 5]);
    expect(numbers(ring.latest(2, { skip: 4 }))).toEqual([3]);
  });

  it('finds lines that hold every word, their kind included', () => {
    const ring = createLogRing(10);
    ring.push({ ...entry(1), kind: 'breaker', text: 'catalog.redis opens' });
    ring.push({ ...entry(2), text: 'catalog.redis is slow' });
    ring.push({ ...entry(3), kind: 'breaker', text: 'orders.payment opens' });
    expect(numbers(ring.latest(10, { filter: ' BREAKER  redis' }))).toEqual([1]);
    expect(ring.matching('opens')).toBe(2);
    expect(numbers(ring.latest(1, { filter: 'opens', skip: 1 }))).toEqual([1]);
  });
});

function entry(number: number): LogEntry {
  return { number, atMs: number, kind: 'notice', text: `line ${number}` };
}

function numbers(entries: readonly LogEntry[]): readonly number[] {
  return entries.map(({ number }) => number);
}
