import { type LogEntry, type LogLevel, logLevels } from './log-entry.ts';

/** What to show; absent members do not narrow. */
export interface LogQuery {
  readonly orderId?: string;
  /** A request's id or its trace's. */
  readonly requestId?: string;
  readonly customerId?: number;
  /** `orders` for all of its instances, `orders/1` for one. */
  readonly source?: string;
  /** This urgent or more. */
  readonly level?: LogLevel;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly pattern?: RegExp;
}

/** The requests that an order was seen in: the balancer's lines name these and never the order. */
export interface RelatedRequests {
  readonly ids: ReadonlySet<string>;
}

/** More requests than any order has: each of its steps is one, and a customer asks how it stands now and then. */
export const RELATED_MAX = 10_000;

/** Whether a line says something of the order itself. */
export function namesOrder(entry: LogEntry, orderId: string): boolean {
  return entry.fields['orderId'] === orderId || textOf(entry).includes(orderId);
}

export function idsOf(entry: LogEntry): readonly string[] {
  return [entry.fields['requestId'], entry.fields['traceId']].filter((id) => typeof id === 'string');
}

export function matches(entry: LogEntry, query: LogQuery, related?: RelatedRequests): boolean {
  const { orderId, requestId, customerId, source, level, sinceMs, untilMs, pattern } = query;
  if (sinceMs !== undefined && entry.atMs < sinceMs) return false;
  if (untilMs !== undefined && entry.atMs > untilMs) return false;
  if (level !== undefined && logLevels.indexOf(entry.level) < logLevels.indexOf(level)) return false;
  if (source !== undefined && entry.source !== source && !entry.source.startsWith(`${source}/`)) return false;
  if (requestId !== undefined && !idsOf(entry).includes(requestId)) return false;
  if (customerId !== undefined && entry.fields['customerId'] !== customerId) return false;
  if (orderId !== undefined && !namesOrder(entry, orderId)) {
    if (!idsOf(entry).some((id) => related?.ids.has(id) === true)) return false;
  }
  return pattern === undefined || pattern.test(textOf(entry));
}

/** What a search looks through. */
function textOf(entry: LogEntry): string {
  return `${entry.source} ${entry.message} ${JSON.stringify(entry.fields)}`;
}
