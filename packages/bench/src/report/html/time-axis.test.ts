import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampWindow,
  formatLatency,
  formatTime,
  scaleWindow,
  shiftWindow,
  timeTicks,
} from './client/time-axis.ts';

const anyWindow = fc
  .tuple(fc.integer({ min: -50_000, max: 200_000 }), fc.integer({ min: 0, max: 200_000 }))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));

describe('a window of the run', () => {
  it('stays within the run and never becomes too short to see, whatever is asked of it', () => {
    fc.assert(
      fc.property(anyWindow, fc.integer({ min: 1_000, max: 100_000 }), (asked, totalMs) => {
        const moved = [
          clampWindow(asked, totalMs),
          scaleWindow(asked, 0.5, totalMs),
          scaleWindow(asked, 2, totalMs),
          shiftWindow(asked, -0.5, totalMs),
        ];
        for (const { fromMs, toMs } of moved) {
          expect(fromMs).toBeGreaterThanOrEqual(0);
          expect(toMs).toBeLessThanOrEqual(totalMs + 1e-6);
          expect(toMs - fromMs).toBeGreaterThanOrEqual(499.999);
        }
      }),
    );
  });

  it('zooms about its middle and moves by half of itself', () => {
    expect(scaleWindow({ fromMs: 20_000, toMs: 40_000 }, 0.5, 50_000)).toEqual({
      fromMs: 25_000,
      toMs: 35_000,
    });
    expect(shiftWindow({ fromMs: 20_000, toMs: 30_000 }, 0.5, 50_000)).toEqual({
      fromMs: 25_000,
      toMs: 35_000,
    });
  });
});

describe('times', () => {
  it('are ticked at round moments inside the window, no more than asked', () => {
    fc.assert(
      fc.property(anyWindow, fc.integer({ min: 2, max: 20 }), (asked, most) => {
        const window = clampWindow(asked, 1_000_000);
        const ticks = timeTicks(window, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(window.fromMs);
          expect(tick).toBeLessThanOrEqual(window.toMs);
        }
      }),
    );
    expect(timeTicks({ fromMs: 0, toMs: 50_000 }, 5)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });

  it.each([
    [0, '0 s'],
    [2_500, '2.5 s'],
    [90_000, '1:30'],
    [7_200_000, '2:00:00'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatTime(ms)).toBe(text);
  });

  it.each([
    [3.24, '3.2 ms'],
    [419.6, '420 ms'],
    [1_240, '1.24 s'],
  ])('a latency of %d ms is %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });
});
