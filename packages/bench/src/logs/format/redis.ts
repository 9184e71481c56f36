import type { LineFormat, LogLevel } from '../log-entry.ts';

/** `19065:M 23 Nov 2026 21:32:50.024 * Ready to accept connections`: local time. */
const LINE = /^\d+:[XCSM] (\d{1,2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}\.\d{3}) ([.*#-]) (.*)$/s;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Redis writes `#` for warnings, and for its greeting. */
const LEVELS: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warn' };

export const redisLine: LineFormat = (line) => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, day = '', month = '', year = '', time = '', mark = '', message = ''] = match;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const atMs = Date.parse(`${year}-${number}-${day.padStart(2, '0')}T${time}`);
  return Number.isNaN(atMs) ? undefined : { atMs, level: LEVELS[mark] ?? 'info', message, fields: {} };
};
