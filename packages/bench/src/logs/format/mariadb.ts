import type { LineFormat, LogLevel } from '../log-entry.ts';

/** `2026-11-23 21:32:50 0 [Warning] Could not increase …`: local time, whole seconds. */
const LINE = /^(\d{4}-\d{2}-\d{2}) +(\d{1,2}:\d{2}:\d{2}) \d+ \[(\w+)\] (.*)$/s;
const LEVELS: Readonly<Record<string, LogLevel>> = { Note: 'info', Warning: 'warn', ERROR: 'error' };

export const mariadbLine: LineFormat = (line) => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, date = '', time = '', level = '', message = ''] = match;
  const atMs = Date.parse(`${date}T${time.padStart(8, '0')}`);
  return Number.isNaN(atMs) ? undefined : { atMs, level: LEVELS[level] ?? 'info', message, fields: {} };
};
