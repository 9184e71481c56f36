import { ManualClock } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedMs,
  currentDeadline,
  DEADLINE_HEADER,
  deadlineHeaders,
  deadlineIn,
  requireTime,
  withinDeadline,
  withinRemainingMs,
} from './deadline.ts';

describe('what a caller allows', () => {
  it('shortens what is usual and never extends it', () => {
    expect(allowedMs('250', 3_000)).toBe(250);
    expect(allowedMs('60000', 3_000)).toBe(3_000);
    expect(allowedMs('0', 3_000)).toBe(0);
  });

  it.each([undefined, '', '-5', '1e3', ' 5', 'soon', '99999999999', ['1', '2']])(
    'is the usual when the header says %j',
    (header) => {
      expect(allowedMs(header, 3_000)).toBe(3_000);
    },
  );

  it('lies between nothing and the usual whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 60_000 }), (header, usualMs) => {
        const ms = allowedMs(header, usualMs);
        expect(ms >= 0 && ms <= usualMs).toBe(true);
      }),
    );
  });
});

describe('a deadline', () => {
  it('shrinks with time, and what is sent on with it', async () => {
    const clock = new ManualClock();
    await withinDeadline(deadlineIn(1_000, clock), async () => {
      expect(deadlineHeaders(5_000)).toEqual({ [DEADLINE_HEADER]: '1000' });
      await clock.advance(400);
      expect(deadlineHeaders(5_000)).toEqual({ [DEADLINE_HEADER]: '600' });
      expect(deadlineHeaders(200)).toEqual({ [DEADLINE_HEADER]: '200' });
      expect(withinRemainingMs(5_000)).toBe(600);
      await clock.advance(1_000);
      expect(deadlineHeaders(5_000)).toEqual({ [DEADLINE_HEADER]: '0' });
    });
  });

  it('keeps work from being begun once it has passed', async () => {
    const clock = new ManualClock();
    await withinDeadline(deadlineIn(100, clock), async () => {
      expect(() => requireTime('mariadb')).not.toThrow();
      await clock.advance(100);
      expect(() => requireTime('mariadb')).toThrow(expect.objectContaining({ code: 'DEADLINE_PASSED' }));
    });
  });

  it('follows work through its awaits and stays with it', async () => {
    const clock = new ManualClock();
    const seen = await Promise.all(
      [100, 200].map((ms) =>
        withinDeadline(deadlineIn(ms, clock), async () => {
          await Promise.resolve();
          return currentDeadline()?.remainingMs();
        }),
      ),
    );
    expect(seen).toEqual([100, 200]);
    expect(currentDeadline()).toBeUndefined();
    expect(withinRemainingMs(50)).toBe(50);
    expect(() => requireTime('mariadb')).not.toThrow();
  });
});
