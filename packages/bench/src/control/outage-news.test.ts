import { expect, it } from 'vitest';
import type { Outage } from '../measure/availability.ts';
import { createOutageNews } from './outage-news.ts';

function look(endMs: number, outages: readonly Outage[]) {
  return { outages: () => outages, slices: () => ({ startMs: 0, endMs, sliceMs: 200, slices: [], up: [] }) };
}

it('tells of the beginning and of the end of each outage, once', () => {
  const news = createOutageNews();
  expect(news(look(1_000, []))).toEqual([]);
  expect(news(look(1_400, [{ startMs: 1_200, endMs: 1_400, faults: ['hole'] }]))).toEqual([
    { atMs: 1_200, text: 'down during hole' },
  ]);
  expect(news(look(1_800, [{ startMs: 1_200, endMs: 1_800, faults: ['hole'] }]))).toEqual([]);
  const over = { startMs: 1_200, endMs: 1_800, faults: ['hole'] };
  expect(news(look(2_400, [over]))).toEqual([{ atMs: 1_800, text: 'up again after 600ms' }]);
  expect(news(look(2_800, [over]))).toEqual([]);
  // A short one that began and ended between two looks.
  expect(news(look(4_000, [over, { startMs: 3_000, endMs: 3_200, faults: [] }]))).toEqual([
    { atMs: 3_000, text: 'down' },
    { atMs: 3_200, text: 'up again after 200ms' },
  ]);
});
