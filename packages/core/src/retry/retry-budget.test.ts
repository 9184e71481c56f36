import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { createRetryBudget } from './retry-budget.ts';

const figures = { share: 0.1, perSecondMin: 2, keptMs: 10_000 };

function drain(budget: { withdraw(): boolean }): number {
  let taken = 0;
  while (taken < 10_000 && budget.withdraw()) taken += 1;
  return taken;
}

describe('the retry budget', () => {
  it('begins with its reserve and refuses beyond it', () => {
    expect(drain(createRetryBudget(figures, new ManualClock()))).toBe(20);
  });

  it('earns one retry in ten requests', () => {
    const budget = createRetryBudget(figures, new ManualClock());
    drain(budget);
    for (let request = 0; request < 1_005; request += 1) budget.deposit();
    expect(drain(budget)).toBe(100);
  });

  it('refills its reserve with time, and no further', async () => {
    const clock = new ManualClock();
    const budget = createRetryBudget(figures, clock);
    drain(budget);
    await clock.advance(3_000);
    expect(drain(budget)).toBe(6);
    await clock.advance(3_600_000);
    expect(drain(budget)).toBe(20);
  });

  it('forgets what was saved long ago', async () => {
    const clock = new ManualClock();
    const budget = createRetryBudget({ ...figures, perSecondMin: 0 }, clock);
    for (let request = 0; request < 10_000; request += 1) budget.deposit();
    await clock.advance(100_000);
    expect(drain(budget)).toBe(0);
  });

  it('never allows more than its share of the requests beside the reserve', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (isRequest) => {
        const budget = createRetryBudget({ ...figures, perSecondMin: 0 }, new ManualClock());
        let requests = 0;
        let retries = 0;
        for (const deposits of isRequest) {
          if (deposits) {
            budget.deposit();
            requests += 1;
          } else if (budget.withdraw()) retries += 1;
          expect(retries).toBeLessThanOrEqual(requests * figures.share + 1e-9);
        }
      }),
    );
  });
});
