import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limitedFor } from './admission.ts';
import { rateLimits } from './figures.ts';
import { bucketOf } from './rate-limits.ts';
import { subjectKey } from './subject.ts';

it('turns a rate into the time one request costs and how far a burst runs ahead', () => {
  expect(bucketOf({ burst: 1, perSecond: 1 })).toEqual({ cost: 1_000_000, ahead: 0 });
  expect(bucketOf({ burst: 11, perSecond: 100 })).toEqual({ cost: 10_000, ahead: 100_000 });
  expect(bucketOf({ burst: 2, perSecond: 0.1 })).toEqual({ cost: 10_000_000, ahead: 10_000_000 });
});

it('tells a caller to wait for whole seconds that are long enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (microseconds) => {
      const admission = limitedFor(microseconds);
      const seconds = admission.kind === 'limited' ? admission.retryAfterSeconds : 0;
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds * 1_000_000).toBeGreaterThanOrEqual(microseconds);
      expect((seconds - 1) * 1_000_000).toBeLessThanOrEqual(Math.max(0, microseconds));
    }),
  );
});

it('keeps the subjects of different limits apart', () => {
  expect(subjectKey('a', 'x')).not.toEqual(subjectKey('b', 'x'));
  expect(subjectKey('a', 'x')).not.toEqual(subjectKey('a', 'y'));
});

it('is more generous to an address than to an account', () => {
  expect(rateLimits.loginFromAddress.perSecond).toBeGreaterThan(rateLimits.loginOfAccount.perSecond);
  expect(rateLimits.mfaFromAddress.perSecond).toBeGreaterThan(rateLimits.mfaOfAccount.perSecond);
});
