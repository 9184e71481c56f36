import { expect, it } from 'vitest';
import { planLooks } from './looks.ts';

it('looks after half as many pairs again each time, and after the last one', () => {
  expect(planLooks({ pairsMin: 6, pairsMax: 40, confidence: 0.95 }).pairCounts).toEqual([
    6, 9, 14, 21, 32, 40,
  ]);
});

it.each([
  [6, 6],
  [6, 3],
])('looks once where %d pairs are to be the first look and %d the most', (pairsMin, pairsMax) => {
  const { pairCounts, confidenceEach } = planLooks({ pairsMin, pairsMax, confidence: 0.95 });
  expect(pairCounts).toEqual([pairsMax]);
  expect(confidenceEach).toBeCloseTo(0.95, 12);
});

it('shares what may be missed among the looks', () => {
  const { pairCounts, confidenceEach } = planLooks({ pairsMin: 6, pairsMax: 100, confidence: 0.9 });
  expect(pairCounts.length * (1 - confidenceEach)).toBeCloseTo(0.1, 12);
});
