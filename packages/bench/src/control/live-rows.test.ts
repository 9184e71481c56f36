import type { SystemObservation } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createLiveRows } from './live-rows.ts';

const processes = [
  { name: 'catalog/1', state: () => 'ready' as const },
  { name: 'redis', state: () => 'down' as const },
  { name: 'balancer', state: () => 'ready' as const },
];
const rows = () => createLiveRows(processes, [{ name: 'redis' }]);

const seen = (
  requestCount: number,
  requestMsSum: number,
  isInRotation = true,
): NonNullable<SystemObservation['processes']>[number] => ({
  name: 'catalog/1',
  inFlightCount: 3,
  isInRotation,
  requestCount,
  requestMsSum,
});

const breaker = (state: 'closed' | 'open' | 'halfOpen') => ({
  name: 'catalog.redis',
  process: 'catalog/1',
  state,
  openedCount: 1,
  refusedCount: 0,
});

it('tells what kind of thing each process is, and how it is', () => {
  expect(rows().rows(0)).toMatchObject([
    { name: 'catalog/1', kind: 'service', state: 'ready', breakers: [] },
    { name: 'redis', kind: 'store', state: 'down' },
    { name: 'balancer', kind: 'balancer', state: 'ready' },
  ]);
});

it('tells the mean latency of what ended since the look before', () => {
  const live = rows();
  live.observe({ breakers: [], processes: [seen(100, 1_000)] }, 0);
  live.observe({ breakers: [], processes: [seen(110, 1_040)] }, 500);
  expect(live.rows(500)[0]).toMatchObject({ inFlight: 3, latencyMsMean: 4 });
  // Nothing ended: what was seen last stands. Then 10 that took 90 ms each.
  live.observe({ breakers: [], processes: [seen(110, 1_040)] }, 1_000);
  expect(live.rows(1_000)[0]).toMatchObject({ latencyMsMean: 4 });
  live.observe({ breakers: [], processes: [seen(120, 1_940)] }, 1_500);
  expect(live.rows(1_500)[0]).toMatchObject({ latencyMsMean: 90 });
  expect(live.latenciesOf('catalog/1')).toEqual([
    { toMs: 5, count: 1 },
    { toMs: 100, count: 1 },
  ]);
});

it('counts how often a back end was put aside', () => {
  const live = rows();
  for (const [at, isIn] of [true, false, false, true, false].entries()) {
    live.observe({ breakers: [], processes: [seen(1, 1, isIn)] }, at * 500);
  }
  expect(live.rows(3_000)[0]).toMatchObject({ isEjected: true, ejectedCount: 2 });
});

it('tells for how long a breaker has been in its state, and each change once', () => {
  const live = rows();
  live.observe({ breakers: [breaker('closed')] }, 0);
  expect(live.news()).toEqual([]);
  live.observe({ breakers: [breaker('open')] }, 1_000);
  live.observe({ breakers: [breaker('open')] }, 1_500);
  expect(live.news()).toEqual([{ process: 'catalog/1', breaker: 'catalog.redis', atMs: 1_000, to: 'open' }]);
  expect(live.news()).toEqual([]);
  expect(live.rows(4_000)[0]?.breakers).toMatchObject([{ state: 'open', forMs: 3_000 }]);
  expect(live.transitionsOf('catalog/1')).toHaveLength(1);
});

it('tells how a store was felt, and how often', () => {
  const live = rows();
  for (const ms of [0.4, 0.7, 2_000]) live.felt('redis', ms);
  expect(live.rows(0)[1]).toMatchObject({ name: 'redis', latencyMsMean: 2_000 });
  expect(live.latenciesOf('redis')).toEqual([
    { toMs: 1, count: 2 },
    { toMs: 2_000, count: 1 },
  ]);
});
