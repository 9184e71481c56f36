import { STATUS_CODES } from 'node:http';
import type { RequestHead, ResponseHead } from '@stormcart/core';

export interface OwnAnswer {
  readonly status: number;
  readonly retryAfterS: number | undefined;
  readonly request: Pick<RequestHead, 'method' | 'minorVersion'>;
  /** The connection ends after it. */
  readonly closes: boolean;
}

/** An answer that no server gave, complete. */
export function ownAnswer({ status, retryAfterS, request, closes }: OwnAnswer): Buffer {
  const reason = STATUS_CODES[status] ?? 'Unknown';
  const body = `${status} ${reason}\n`;
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  // None has a body, and a length beside the first or last is refused by some clients (RFC 9110 §8.6).
  const isBodiless = status === 204 || status === 205 || status === 304;
  if (status === 205) head += 'Content-Length: 0\r\n';
  if (!isBodiless) head += `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n`;
  if (retryAfterS !== undefined) head += `Retry-After: ${retryAfterS}\r\n`;
  head += `${connectionField(closes, request.minorVersion)}\r\n`;
  return Buffer.from(isBodiless || request.method === 'HEAD' ? head : head + body, 'latin1');
}

/** Fields that are about the body that was to come, or about the connection to the server. */
const REPLACED: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
]);

/** The server's own head, as it is with this body under it. */
export function replacedAnswer(
  head: ResponseHead,
  body: Buffer,
  { request, closes }: Pick<OwnAnswer, 'request' | 'closes'>,
): Buffer {
  let text = `${head.startLine}\r\n`;
  for (const { name, key, value } of head.headers.fields) {
    if (!REPLACED.has(key)) text += `${name}: ${value}\r\n`;
  }
  text += `Content-Length: ${body.length}\r\n${connectionField(closes, request.minorVersion)}\r\n`;
  return Buffer.concat([Buffer.from(text, 'latin1'), body]);
}

function connectionField(closes: boolean, minorVersion: 0 | 1): string {
  if (closes) return 'Connection: close\r\n';
  return minorVersion === 0 ? 'Connection: keep-alive\r\n' : '';
}
