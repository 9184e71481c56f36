import type { BeginImplant } from './plant.ts';
import type { replaceDate } from './replace-date.ts';
import type { replaceTemporal } from './replace-temporal.ts';

export interface ClockOptions {
  readonly byMs: number;
}

export interface ClockTools {
  readonly replaceDate: typeof replaceDate;
  readonly replaceTemporal: typeof replaceTemporal;
}

/**
 * Shifts what a program takes for the time: `Date` and `Temporal.Now`. Several shifts add up. Timers, `performance`
 * and `process.hrtime` go by the monotonic clock and stay as they are. Sent to another process as text (see plant.ts).
 */
export const shiftClock: BeginImplant<ClockOptions, ClockTools> = ({ byMs }, _isOver, tools) => {
  interface Shift {
    readonly byMs: number;
    count: number;
  }
  interface ShiftedClock {
    readonly shifts: Set<Shift>;
    readonly restore: () => void;
  }
  const scope = globalThis as unknown as Record<symbol, ShiftedClock | undefined>;
  const key = Symbol.for('stormcart.clock');

  const replaceClock = (): ShiftedClock => {
    const shifts = new Set<Shift>();
    const readShiftMs = (): number => {
      let sumMs = 0;
      for (const shift of shifts) {
        shift.count += 1;
        sumMs += shift.byMs;
      }
      return sumMs;
    };
    const undo = [tools.replaceDate(readShiftMs), tools.replaceTemporal(readShiftMs)];
    return {
      shifts,
      restore: () => {
        for (const restore of undo) restore();
      },
    };
  };

  const clock = scope[key] ?? replaceClock();
  scope[key] = clock;
  const shift: Shift = { byMs, count: 0 };
  clock.shifts.add(shift);
  return {
    end: () => {
      clock.shifts.delete(shift);
      if (clock.shifts.size > 0) return;
      clock.restore();
      delete scope[key];
    },
    count: () => shift.count,
  };
};
