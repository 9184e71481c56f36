import { type LineFormat, type LogLevel, logLevels } from '../log-entry.ts';

/** Names that tell when, how urgent and what; they are not repeated among the fields. */
const OWN = new Set(['time', 'at', 'level', 'msg', 'service', 'instance']);

/** A line of JSON: of pino, of the balancer's access log, or of the fault proxy. */
export const jsonLine: LineFormat = (line) => {
  if (!line.startsWith('{')) return undefined;
  const record = parse(line);
  if (record === undefined) return undefined;
  const atMs = Date.parse(String(record['time'] ?? record['at']));
  if (Number.isNaN(atMs)) return undefined;
  const fields = Object.fromEntries(Object.entries(record).filter(([name]) => !OWN.has(name)));
  return { atMs, level: levelOf(record), message: messageFrom(record), fields };
};

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Half a line, of a process that was killed: shown as the text that it is.
    return undefined;
  }
}

/** An access line has no level: it is as urgent as its answer was bad. */
function levelOf({ level, status, failure }: Readonly<Record<string, unknown>>): LogLevel {
  const named = logLevels.find((candidate) => candidate === level);
  if (named !== undefined) return named;
  const isBad = (typeof failure === 'string' && failure !== '') || Number(status) >= 500;
  return isBad ? 'warn' : 'info';
}

function messageFrom(record: Readonly<Record<string, unknown>>): string {
  if (typeof record['msg'] === 'string') return record['msg'];
  if (typeof record['kind'] === 'string') return record['kind'];
  const { method, path } = record;
  return `${typeof method === 'string' ? method : '?'} ${typeof path === 'string' ? path : '?'}`;
}
