import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes } from './bytes.ts';
import { duration } from './duration.ts';
import { rate } from './rate.ts';
import { share } from './share.ts';
import { timeShift } from './time-shift.ts';

describe('units', () => {
  it.each([
    [duration, '250ms', 250],
    [duration, '1.5s', 1_500],
    [duration, '2m', 120_000],
    [duration, '1h', 3_600_000],
    [duration, '50us', 0.05],
    [rate, '40/s', 40],
    [rate, '600/m', 10],
    [share, '95%', 0.95],
    [share, '99.9%', 0.999],
    [share, '0%', 0],
    [bytes, '16MiB', 16_777_216],
    [bytes, '10kB', 10_000],
    [timeShift, '+1h', 3_600_000],
    [timeShift, '-5m', -300_000],
    [timeShift, '- 1.5s', -1_500],
    [timeShift, '-0s', 0],
  ])('%o reads %s', (unit, text, value) => {
    expect(unit.parse(text)).toBe(value);
  });

  it.each([
    [duration, '250'],
    [duration, '-1s'],
    [duration, '5 apples'],
    [duration, ''],
    [duration, '1e3s'],
    [duration, '5constructor'],
    [rate, '40'],
    [rate, '40/d'],
    [share, '95'],
    [share, '101%'],
    [share, '0.95'],
    [bytes, '16'],
    [bytes, '16 megs'],
    [timeShift, '1h'],
    [timeShift, '+-1h'],
    [timeShift, '-5'],
    [timeShift, '-'],
  ])('%o refuses %j', (unit, text) => {
    expect(unit.parse(text)).toBeUndefined();
  });

  it('prints what it reads back', () => {
    const whole = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(whole, (value) => {
        for (const unit of [duration, bytes, rate]) expect(unit.parse(unit.format(value))).toBe(value);
        for (const shift of [value, -value]) {
          expect(timeShift.parse(timeShift.format(shift))).toBe(shift + 0);
        }
        expect(share.parse(share.format((value % 10_001) / 10_000))).toBe((value % 10_001) / 10_000);
      }),
    );
  });

  it('picks the shortest text', () => {
    expect(duration.format(59.94)).toBe('59.94ms');
    expect(duration.format(1_240)).toBe('1.24s');
    expect(duration.format(250)).toBe('250ms');
    expect(duration.format(90_000)).toBe('90s');
    expect(duration.format(120_000)).toBe('2m');
    expect(duration.format(0)).toBe('0s');
    expect(bytes.format(1_536)).toBe('1536B');
  });
});
