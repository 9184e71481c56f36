import { expect, it } from 'vitest';
import { retryPauseMs } from './consumer.ts';

it('doubles from the first pause up to the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(retryPauseMs)).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});
