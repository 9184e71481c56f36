import type { RequestSpec } from '@stormcart/core';
import { loadError } from '../load-error.ts';

/** RFC 9112 §3: a request target is visible ASCII; a space or a line break would start something else. */
const VISIBLE_ASCII = /^[\u0021-\u007e]+$/;
/** RFC 9110 §5.6.2, a token. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 without obs-text: what every server reads alike. */
const HEADER_VALUE = /^[\t\u0020-\u007e]*$/;

/**
 * One HTTP/1.1 request as bytes, written to the socket in one piece.
 * Host, lengths and the request id are the driver's to set, the other headers the journey's.
 * Throws UNSENDABLE_REQUEST.
 */
export function requestBytes(authority: string, requestId: string, spec: RequestSpec): Buffer {
  if (!VISIBLE_ASCII.test(spec.path) || !spec.path.startsWith('/')) throw unsendable(spec, 'path', spec.path);
  let head = `${spec.method} ${spec.path} HTTP/1.1\r\nHost: ${authority}\r\nX-Request-Id: ${requestId}\r\n`;
  for (const [name, value] of Object.entries(spec.headers ?? {})) {
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) throw unsendable(spec, `header ${name}`, value);
    head += `${name}: ${value}\r\n`;
  }
  if (spec.body === undefined) {
    // Without a length some servers answer 411 to a body-less POST or PUT (RFC 9110 §8.6).
    if (spec.method !== 'GET' && spec.method !== 'DELETE') head += 'Content-Length: 0\r\n';
    return Buffer.from(`${head}\r\n`, 'latin1');
  }
  const body = JSON.stringify(spec.body);
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
    'utf8',
  );
}

function unsendable(spec: RequestSpec, what: string, value: string): Error {
  return loadError({
    kind: 'internal',
    code: 'UNSENDABLE_REQUEST',
    message: `route ${spec.route}: ${what} ${JSON.stringify(value)} cannot be sent over HTTP/1.1`,
  });
}
