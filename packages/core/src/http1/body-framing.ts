import type { HeaderList } from './header-list.ts';
import { Http1Error } from './http1-error.ts';

/** How a receiver knows where a message's body ends (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'untilClose' };

/** 15 digits stay below 2^53, where whole numbers stop being exact. */
const LENGTH_DIGITS_MAX = 15;

const NONE: BodyFraming = { kind: 'none' };
const CHUNKED: BodyFraming = { kind: 'chunked' };
const UNTIL_CLOSE: BodyFraming = { kind: 'untilClose' };

export function framingOfRequest(headers: HeaderList, minorVersion: 0 | 1): BodyFraming {
  return declaredFraming(headers, minorVersion) ?? NONE;
}

/** `method` is that of the request which this response answers. */
export function framingOfResponse(
  headers: HeaderList,
  minorVersion: 0 | 1,
  status: number,
  method: string,
): BodyFraming {
  // Declared first, so that contradicting lengths are refused on bodiless answers too.
  const declared = declaredFraming(headers, minorVersion);
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NONE;
  return declared ?? UNTIL_CLOSE;
}

function declaredFraming(headers: HeaderList, minorVersion: 0 | 1): BodyFraming | undefined {
  // Equal repeats may be merged by the RFC; whoever sends them is broken all the same.
  if (headers.count('content-length') > 1) {
    throw new Http1Error('BAD_CONTENT_LENGTH', 'Content-Length was sent twice');
  }
  const declared = headers.get('content-length');
  const length = declared === undefined ? undefined : parseLength(declared);
  const coding = headers.get('transfer-encoding');
  // A repeated one is joined with a comma: not this either.
  if (coding !== undefined && (minorVersion === 0 || coding.toLowerCase() !== 'chunked')) {
    throw new Http1Error('BAD_TRANSFER_CODING', 'only a single Transfer-Encoding: chunked is understood');
  }
  const isChunked = coding !== undefined;
  if (isChunked && length !== undefined) {
    throw new Http1Error('AMBIGUOUS_LENGTH', 'Content-Length and Transfer-Encoding were both sent');
  }
  if (isChunked) return CHUNKED;
  return length === undefined ? undefined : { kind: 'length', bytes: length };
}

function parseLength(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) {
      throw new Http1Error('BAD_CONTENT_LENGTH', 'Content-Length holds something other than digits');
    }
    value = value * 10 + digit;
  }
  if (text.length === 0 || text.length > LENGTH_DIGITS_MAX) {
    throw new Http1Error('BAD_CONTENT_LENGTH', `Content-Length must have 1 to ${LENGTH_DIGITS_MAX} digits`);
  }
  return value;
}
