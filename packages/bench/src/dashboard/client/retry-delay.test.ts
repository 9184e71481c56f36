import { expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

it('doubles from a quarter of a second up to five seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(retryDelayMs)).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
  ]);
});
