import { createRetryBudget, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { RetryAllowance } from './retry-allowance.ts';

const generous = { share: 1, perSecondMin: 10, keptMs: 1_000 };

it('allows one move and one fresh connection a request', () => {
  const retries = new RetryAllowance(createRetryBudget(generous, new ManualClock()));
  expect([retries.takeForMove(), retries.takeForMove()]).toEqual([true, false]);
  expect([retries.takeForStale(), retries.takeForStale()]).toEqual([true, false]);
  expect(retries.count).toBe(2);
});

it('allows no more than one retry in ten requests once the reserve is gone', () => {
  const budget = createRetryBudget({ share: 0.1, perSecondMin: 0, keptMs: 10_000 }, new ManualClock());
  const taken = Array.from({ length: 1_005 }, () => new RetryAllowance(budget).takeForMove());
  expect(taken.filter(Boolean).length).toBe(100);
});
