import type { LineFormat, LogLevel } from '../log-entry.ts';

/** `2026-11-23 21:32:52.656474+00:00 [warning] <0.132.0> Using …` */
const LINE =
  /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})\d*([+-]\d{2}:\d{2}) \[(\w+)\] (?:<[\d.]+> )?(.*)$/s;
const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  alert: 'fatal',
  emergency: 'fatal',
};

export const rabbitmqLine: LineFormat = (line) => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, date = '', time = '', zone = '', level = '', message = ''] = match;
  const atMs = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(atMs) ? undefined : { atMs, level: LEVELS[level] ?? 'info', message, fields: {} };
};
