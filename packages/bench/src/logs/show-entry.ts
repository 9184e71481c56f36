import type { Style } from '../report/style.ts';
import type { LogEntry } from './log-entry.ts';

const SOURCE_WIDTH = 11;
const LEVEL_WIDTH = 5;

/** One entry as a line for people: when, how urgent, who, what, and the rest as `name=value`. */
export function showEntry(entry: LogEntry, style: Style): string {
  const { level, source, message, fields } = entry;
  const time = new Date(entry.atMs).toISOString().slice(11, 23);
  const urgency = { debug: style.dim, info: style.dim, warn: style.warn, error: style.bad, fatal: style.bad }[
    level
  ];
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const head = `${time} ${urgency(level.padEnd(LEVEL_WIDTH))} ${source.padEnd(SOURCE_WIDTH)} ${message}`;
  return rest === '' ? head : `${head} ${style.dim(rest)}`;
}

/** The same for programs: one document per line. */
export function jsonOfEntry({ atMs, level, source, message, fields }: LogEntry): string {
  return JSON.stringify({ time: new Date(atMs).toISOString(), level, source, message, ...fields });
}
