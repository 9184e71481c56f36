import { describe, expect, it } from 'vitest';
import { type ComparisonVerdict, judgeAll, judgeChange } from './verdict.ts';

describe('a change', () => {
  it.each([
    [0.06, 0.2, 'worse'],
    [0.01, 0.2, 'inconclusive'],
    [-0.02, 0.04, 'same'],
    // A change for sure, but not one that matters.
    [0.01, 0.04, 'same'],
    [-0.05, 0.05, 'same'],
    [-0.2, -0.06, 'better'],
    [-0.2, 0.01, 'inconclusive'],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 'inconclusive'],
  ] as const)('between %d and %d of something that should be low is %s', (low, high, verdict) => {
    expect(judgeChange({ low, high }, 0.05, 'lower')).toBe(verdict);
    const mirrored = {
      worse: 'better',
      better: 'worse',
      same: 'same',
      inconclusive: 'inconclusive',
    } as const;
    expect(judgeChange({ low, high }, 0.05, 'higher')).toBe(mirrored[verdict]);
  });
});

describe('all metrics together', () => {
  it.each<[readonly ComparisonVerdict[], ComparisonVerdict]>([
    [['same', 'same'], 'same'],
    [['same', 'better'], 'better'],
    [['better', 'inconclusive'], 'inconclusive'],
    [['better', 'worse', 'inconclusive'], 'worse'],
    [[], 'inconclusive'],
  ])('%j are %s', (verdicts, verdict) => {
    expect(judgeAll(verdicts)).toBe(verdict);
  });
});
