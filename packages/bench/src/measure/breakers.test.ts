import type { BreakerObservation } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createBreakers } from './breakers.ts';

function seen(
  openedCount: number,
  state: BreakerObservation['state'] = 'closed',
  process = 'catalog/1',
): BreakerObservation {
  return { name: 'catalog.redis', process, state, openedCount, refusedCount: openedCount * 10 };
}

it('counts from the first look on, over all processes', () => {
  const breakers = createBreakers();
  breakers.observe({ breakers: [seen(5), seen(1, 'closed', 'catalog/2')] }, 0);
  breakers.observe({ breakers: [seen(6), seen(3, 'closed', 'catalog/2')] }, 500);
  expect(breakers.figures('catalog.redis')).toEqual({ openedCount: 3, refusedCount: 30 });
  expect(breakers.figures('orders.payment')).toBeUndefined();
});

it('counts a new life of a process from 0', () => {
  const breakers = createBreakers();
  breakers.observe({ breakers: [seen(5)] }, 0);
  breakers.observe({ breakers: [seen(7)] }, 500);
  breakers.observe({ breakers: [] }, 1_000);
  breakers.observe({ breakers: [seen(1)] }, 1_500);
  expect(breakers.figures('catalog.redis')).toEqual({ openedCount: 3, refusedCount: 30 });
});

it('counts a breaker that appears after the first look from 0', () => {
  const breakers = createBreakers();
  breakers.observe({ breakers: [] }, 0);
  breakers.observe({ breakers: [seen(2)] }, 500);
  expect(breakers.figures('catalog.redis')?.openedCount).toBe(2);
});

it('sums up what was wasted and what overflowed, and takes silence about them for none', () => {
  const breakers = createBreakers();
  breakers.observe({ breakers: [{ ...seen(1), wastedCount: 5, overflowCount: 1 }] }, 0);
  breakers.observe({ breakers: [{ ...seen(1), wastedCount: 9, overflowCount: 4 }] }, 500);
  breakers.observe({ breakers: [seen(0), { ...seen(0), name: 'silent' }] }, 1_000);
  expect(breakers.histories()).toEqual([
    expect.objectContaining({ name: 'catalog.redis', wastedCount: 4, overflowCount: 3 }),
    expect.objectContaining({ name: 'silent', wastedCount: 0, overflowCount: 0 }),
  ]);
});

it('keeps when which process changed its state', () => {
  const breakers = createBreakers();
  for (const [atMs, state] of [
    [0, 'closed'],
    [500, 'open'],
    [1_000, 'open'],
    [1_500, 'halfOpen'],
    [2_000, 'closed'],
  ] as const) {
    breakers.observe({ breakers: [seen(1, state)] }, atMs);
  }
  expect(breakers.histories()[0]?.transitions).toEqual([
    { atMs: 500, process: 'catalog/1', state: 'open' },
    { atMs: 1_500, process: 'catalog/1', state: 'halfOpen' },
    { atMs: 2_000, process: 'catalog/1', state: 'closed' },
  ]);
});
