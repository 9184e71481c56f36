import { expect, it } from 'vitest';
import { formatCount, formatMs, formatShare, formatSpan, plural } from './format.ts';

it('says milliseconds with the digits that matter', () => {
  expect([0.42, 3.21, 42.4, 999, 1_240, 125_000].map(formatMs)).toEqual([
    '0.4 ms',
    '3.2 ms',
    '42 ms',
    '999 ms',
    '1.2 s',
    '125 s',
  ]);
});

it('never rounds a share up to 100 %', () => {
  expect([1, 0.9583, 0.9999, 0.999_999_9, 0].map(formatShare)).toEqual([
    '100 %',
    '95.8 %',
    '99.99 %',
    '99.9999 %',
    '0.0 %',
  ]);
});

it('groups thousands and counts nouns', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect([1, 2_000].map((count) => plural(count, 'request'))).toEqual(['1 request', '2,000 requests']);
  expect([1, 2].map((count) => plural(count, 'process'))).toEqual(['1 process', '2 processes']);
});

it('writes spans as scenarios do', () => {
  expect([0, 15_000, 15_049, 200].map(formatSpan)).toEqual(['0s', '15s', '15s', '200ms']);
});
