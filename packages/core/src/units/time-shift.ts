import { duration } from './duration.ts';
import type { Unit } from './unit.ts';

const SIGN_AND_REST = /^([+-])\s*(\S.*)$/;

/** Base: milliseconds, forward or back. The sign is always written, like the unit. */
export const timeShift: Unit = {
  name: 'time shift',
  example: '+1h or -5m',
  parse: (text) => {
    const [, sign, rest] = SIGN_AND_REST.exec(text.trim()) ?? [];
    const ms = rest === undefined ? undefined : duration.parse(rest);
    if (ms === undefined) return undefined;
    // Without the condition `-0s` would be the number -0, which equals 0 and prints otherwise.
    return sign === '-' && ms !== 0 ? -ms : ms;
  },
  format: (ms) => `${ms < 0 ? '-' : '+'}${duration.format(Math.abs(ms))}`,
};
