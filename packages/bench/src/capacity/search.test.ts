import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type NextStep, nextStep, type SearchOptions, type Trial, type TrialOutcome } from './search.ts';

const options: SearchOptions = {
  startPerSecond: 50,
  maxPerSecond: 100_000,
  resolution: 0.05,
  confirmations: 2,
  trialsMax: 60,
};

function search(
  outcomeAt: (perSecond: number) => TrialOutcome,
  given: Partial<SearchOptions> = {},
): { readonly end: Exclude<NextStep, { readonly kind: 'try' }>; readonly trials: readonly Trial[] } {
  const trials: Trial[] = [];
  for (;;) {
    const step = nextStep(trials, { ...options, ...given });
    if (step.kind !== 'try') return { end: step, trials };
    const { perSecond, purpose } = step;
    trials.push({ perSecond, purpose, outcome: outcomeAt(perSecond) });
  }
}

it('finds the highest rate that a steady system takes, within its resolution', () => {
  fc.assert(
    fc.property(fc.double({ min: 2, max: 90_000, noNaN: true }), (capacity) => {
      const { end } = search((perSecond) => (perSecond <= capacity ? 'met' : 'missed'));
      if (end.kind !== 'found') throw new Error(`it ended with ${end.kind}`);
      expect(end.perSecond).toBeLessThanOrEqual(capacity);
      expect(end.missedPerSecond).toBeGreaterThan(capacity);
      // A tenth is the smallest step below 20/s.
      expect(end.missedPerSecond / end.perSecond).toBeLessThanOrEqual(
        Math.max(1.05, 1 + 0.11 / end.perSecond),
      );
    }),
  );
});

it('forgives a single hiccup at every rate', () => {
  const seen = new Set<number>();
  const { end } = search((perSecond) => {
    if (perSecond > 700) return 'missed';
    if (seen.has(perSecond)) return 'met';
    seen.add(perSecond);
    return 'missed';
  });
  expect(end).toMatchObject({ kind: 'found' });
  expect(end.kind === 'found' && end.perSecond).toBeGreaterThan(660);
});

it('takes nothing for its answer that it could not confirm', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      // Around its limit the system is now well and now not.
      const { end, trials } = search((perSecond) => {
        const share = Math.min(1, Math.max(0, (perSecond - 800) / 400));
        return random.next() < share ? 'missed' : 'met';
      });
      if (end.kind !== 'found') return;
      const tries = trials.filter(({ perSecond }) => perSecond === end.perSecond);
      expect(tries.filter(({ purpose, outcome }) => purpose === 'confirm' && outcome === 'met').length).toBe(
        2,
      );
      expect(tries.filter(({ purpose, outcome }) => purpose === 'again' && outcome !== 'met')).toEqual([]);
    }),
  );
});

it('says "at least" where the generator was the limit', () => {
  const { end } = search((perSecond) => (perSecond <= 3_000 ? 'met' : 'saturated'));
  expect(end).toMatchObject({ kind: 'atLeast', because: 'generator' });
  expect(end.kind === 'atLeast' && end.perSecond).toBeGreaterThan(2_800);
});

it('says "at least" at the highest rate that was allowed', () => {
  expect(search(() => 'met', { maxPerSecond: 500 }).end).toEqual({
    kind: 'atLeast',
    because: 'limit',
    perSecond: 500,
  });
});

it.each([
  ['missed', { kind: 'none', missedPerSecond: 1 }],
  ['saturated', { kind: 'undecided', because: 'generator' }],
] as const)('tells when every rate ends with %s', (outcome, expected) => {
  expect(search(() => outcome).end).toEqual(expected);
});

it('ends after so many trials, whatever they show', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const { trials } = search(() => random.pick(['met', 'missed', 'saturated'] as const), {
        trialsMax: 25,
      });
      expect(trials.length).toBeLessThanOrEqual(25);
    }),
  );
});
