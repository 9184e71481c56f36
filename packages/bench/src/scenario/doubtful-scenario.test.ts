import { describe, expect, it } from 'vitest';
import { brief, changed, goodText, problemsOf, warningsOf } from '../../test/fixture/read-scenario.ts';

const KEYS =
  'version, name, about, hypothesis, seed, sut, external, requests, feeds, topology, services, policies, balancer, load, availability, steadyState, faults, gates, audit, abort';

describe('a doubtful piece is a warning', () => {
  it.each([
    [
      'availability >= 99%',
      'availability >= 99.9%',
      '20:5 `availability >= 99.9%` is finer than this drill can tell: one slice of 200ms is already 0.44% of the measured 45s, so this asks for no slice down at all; write 100%, or make slices shorter or the load longer',
    ],
    [
      'recovery{fault=hole} <= 3s',
      'recovery{fault=hole} <= 100ms',
      '22:5 `recovery{fault=hole} <= 100ms` is finer than this drill can tell: it is measured in slices of 200ms, so this asks for 0; write 200ms or more, or make slices shorter',
    ],
    [
      'availability >= 99%',
      'outage < 150ms',
      '20:5 `outage < 150ms` is finer than this drill can tell: it is measured in slices of 200ms, so this asks for 0; write 200ms or more, or make slices shorter',
    ],
    [
      'availability >= 99%',
      'p99{journey=checkout,during=hole} < 1s',
      '20:5 `p99{journey=checkout,during=hole} < 1s` is finer than this drill can tell: about 90 requests are planned for it, too few to tell p99 from the slowest one; use max, or a longer load',
    ],
    [
      'availability >= 99%',
      'success{during=hole} >= 99.9%',
      '20:5 `success{during=hole} >= 99.9%` is finer than this drill can tell: about 600 requests are planned for it, so one failure already misses it; write 100% or a lower share',
    ],
    [
      'availability >= 99%',
      'p99{journey=checkout} < 1s over 10s',
      '20:5 `p99{journey=checkout} < 1s over 10s` is finer than this drill can tell: about 60 requests are planned for it, too few to tell p99 from the slowest one; use max, or a longer window',
    ],
    [
      'availability >= 99%',
      'p99{during=hole} < 1s over 2s',
      '20:5 `p99{during=hole} < 1s over 2s` is finer than this drill can tell: about 80 requests are planned for it, too few to tell p99 from the slowest one; use max, or a longer window',
    ],
    [
      'availability >= 99%',
      'success{journey=checkout} >= 99.9% over 200ms',
      '20:5 `success{journey=checkout} >= 99.9% over 200ms` is finer than this drill can tell: about one request is planned for it, so one failure already misses it; write 100% or a lower share',
    ],
    ['at: 15s', 'at: 4s', '18:20 the fault begins in the warm-up, so what it does before 5s is not measured'],
    [
      'for: 15s, link',
      'for: 34.5s, link',
      '18:30 only 500ms of load is left after the fault, too little to see a recovery (three slices of 200ms)',
    ],
    [
      'slice: 200ms',
      'slice: 10ms',
      '15:23 a slice gets 0.4 requests on average; slices without any only repeat the state before them, so make slices longer or the rate higher',
    ],
  ])('%s → %s', (from, to, expected) => {
    const text = changed(from, to).replace(from === 'at: 15s' ? /steadyState.*\n/ : /$^/, '# steady\n');
    expect(warningsOf(text).map(brief)).toEqual([expected]);
  });

  it.each([
    'availability >= 100%',
    'availability >= 99.5%',
    'outage <= 0ms',
    'success >= 99.9%',
    'p99.9 < 1s',
  ])('%s can be told', (gate) => {
    expect(warningsOf(changed('availability >= 99%', gate))).toEqual([]);
  });

  it('when nothing in it could fail', () => {
    const text = goodText
      .replace(/gates:\n(?: {2}.*\n)+/, '')
      .replace(/steadyState.*\n/, '')
      .replace('audit: all', 'audit: []');
    expect(warningsOf(text).map(brief)).toEqual([
      '1:1 without gates, a steady state and an audit this drill cannot fail',
    ]);
  });
});

describe('several problems', () => {
  it('are reported together, in the order of the text', () => {
    const text = changed('policies:', 'polices:')
      .replace('for: 45s', 'for: 45')
      .replace('*->redis', '*->reddis')
      .replace('availability >=', 'availabilty >=')
      .replace('audit: all', 'audit: none');
    expect(problemsOf(text).map(brief)).toEqual([
      '8:1 unknown key `polices` | policies',
      '14:13 `for`: 45 has no unit; write it like 250ms, 15s, 2m or 1h',
      '18:41 no link matches `*->reddis` | *->redis',
      '20:5 unknown metric `availabilty` | availability',
      '24:8 `audit` cannot be `none`',
    ]);
  });

  it('carry their path and what would be accepted', () => {
    expect(problemsOf(changed('policies:', 'polices:'))).toEqual([
      {
        line: 8,
        column: 1,
        path: 'polices',
        message: 'unknown key `polices`',
        suggestion: 'policies',
        accepted: KEYS.split(', '),
      },
    ]);
    expect(problemsOf(changed('{for: 45s, rate: 40/s}', '{for: 45s, rate: 40}'))[0]?.path).toBe(
      'load.stages[1].rate',
    );
  });
});
