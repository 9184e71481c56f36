import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is turned away before anything of it is read. */
export interface Refusal {
  readonly status: 401 | 403 | 413 | 415;
  readonly detail: string;
}

export interface Admission {
  /** `127.0.0.1:41234`: the only host that it may be called by. */
  readonly authority: string;
  readonly token: string;
}

/** The longest command is a fault with all its settings: some hundred bytes. */
export const BODY_BYTES_MAX = 64 * 1024;

/**
 * Undefined when the request may go on. A page in a browser on this machine must not steer a drill: whatever says that
 * it comes from another site is turned away even with a token, and so is whatever was sent to another name (DNS
 * rebinding).
 */
export function refusalOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { authority, token }: Admission,
): Refusal | undefined {
  if (headers.host !== authority && headers.host !== authority.replace('127.0.0.1', 'localhost')) {
    return { status: 403, detail: `this is ${authority} and answers to no other host` };
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, detail: 'requests of other sites are not taken' };
  }
  if (headers.origin !== undefined && headers.origin !== `http://${authority}`) {
    return { status: 403, detail: 'requests of other origins are not taken' };
  }
  if (!hasToken(headers.authorization, token)) {
    return { status: 401, detail: "the bearer token is that of the run directory's control.json" };
  }
  if (method !== 'POST') return undefined;
  if (headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    return { status: 415, detail: 'commands are JSON: Content-Type: application/json' };
  }
  if (Number(headers['content-length'] ?? 0) > BODY_BYTES_MAX) return tooLarge;
  return undefined;
}

export const tooLarge: Refusal = { status: 413, detail: `a command has at most ${BODY_BYTES_MAX} bytes` };

/** Takes the same time wherever it differs. */
function hasToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
