import { expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

it('doubles from the first pause up to the longest, however often it failed', () => {
  const figures = { first: 100, longest: 2_000 };
  expect([1, 2, 3, 4, 5, 6, 7].map((failures) => backOffMs(failures, figures))).toEqual([
    100, 200, 400, 800, 1_600, 2_000, 2_000,
  ]);
  expect(backOffMs(1e6, figures)).toBe(2_000);
});
