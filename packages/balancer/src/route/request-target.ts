import type { RequestHead } from '@stormcart/core';

/** Where a request wants to go, as a back end may be told. */
export interface RequestTarget {
  /** Without the query, as sent (percent-encoding untouched). */
  readonly path: string;
  /** Path and query. */
  readonly forwarded: string;
  /** What to say in Host; undefined when an HTTP/1.0 client said nothing. */
  readonly authority: string | undefined;
}

/** RFC 9112 §3.2: name, IPv4 literal or bracketed IPv6 literal, with or without a port; may be empty. */
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]*)(?::\d{0,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]+)([/?].*)?$/i;
/** `.` or `..` as a whole segment, plain or percent-encoded. */
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Takes a request's target apart; a text instead says what is wrong with it. Dot segments are refused:
 * we route by the path as it stands, and a back end that resolves them would see another one.
 */
export function targetOf(head: RequestHead): RequestTarget | string {
  let authority = head.headers.get('host');
  let forwarded = head.target;
  if (!forwarded.startsWith('/') && forwarded !== '*') {
    // A target with scheme and host is how proxies are asked; its host outranks the header (§3.2.2).
    const match = ABSOLUTE.exec(forwarded);
    if (match === null) return 'the request target is neither a path nor an http URL';
    authority = match[1];
    const rest = match[2] ?? '/';
    forwarded = rest.startsWith('/') ? rest : `/${rest}`;
  }
  if (authority !== undefined && !AUTHORITY.test(authority)) return 'the host is malformed';
  if (forwarded.includes('#')) return 'the request target holds a fragment';
  const queryStart = forwarded.indexOf('?');
  const path = queryStart === -1 ? forwarded : forwarded.slice(0, queryStart);
  if (DOT_SEGMENT.test(path)) return 'the path holds . or .. segments';
  return { path, forwarded, authority };
}
