import type { RequestHead } from '@stormcart/core';
import { matchesWildcard } from './wildcard.ts';

export type RequestFilter = (head: Pick<RequestHead, 'method' | 'target' | 'headers'>) => boolean;

/** What a filter is made of; `*` leaves a part open. Patterns have been checked. */
export interface FilterSettings {
  /** `POST /api/orders*` or `/api/orders*`. A pattern without `?` is about the path alone. */
  readonly route: string;
  readonly method: string;
  /** `name` or `name=value`. */
  readonly header: string;
}

/** Tells the requests that a fault is meant for from the others. */
export function createRequestFilter({ route, method, header }: FilterSettings): RequestFilter {
  const [, routeMethod = '*', path = '*'] = /^(?:([A-Z*][A-Z*-]*)\s+)?(.*)$/s.exec(route) ?? [];
  const matchesHeader = headerFilter(header);
  const hasQuery = path.includes('?');
  return (head) =>
    matchesWildcard(method, head.method) &&
    matchesWildcard(routeMethod, head.method) &&
    matchesWildcard(path, pathOf(head.target, hasQuery)) &&
    matchesHeader(head);
}

/** Without scheme and host, which a client may send to a proxy, and without the query unless it is wanted. */
function pathOf(target: string, hasQuery: boolean): string {
  const origin = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? '';
  const path = target.slice(origin.length);
  return hasQuery ? path : (path.split('?', 1)[0] ?? path);
}

function headerFilter(header: string): RequestFilter {
  if (header === '*') return () => true;
  const [name = '', ...rest] = header.split('=');
  const key = name.toLowerCase();
  const value = rest.length === 0 ? '*' : rest.join('=');
  return ({ headers }) =>
    headers.fields.some((field) => matchesWildcard(key, field.key) && matchesWildcard(value, field.value));
}
