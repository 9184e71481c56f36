import { type BodyFraming, framingOfRequest, framingOfResponse } from './body-framing.ts';
import type { HeaderList } from './header-list.ts';
import { Http1Error } from './http1-error.ts';
import { parseFields, VALUE_CHARACTERS } from './parse-fields.ts';

interface HeadShared {
  /** Without its line end: `GET / HTTP/1.1`. */
  readonly startLine: string;
  readonly minorVersion: 0 | 1;
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
  /** Whether the connection can carry another message after this one. */
  readonly keepsAlive: boolean;
  /** Start line, fields and the blank line. */
  readonly bytes: number;
}

export interface RequestHead extends HeadShared {
  readonly kind: 'request';
  /** Case-sensitive, as sent. */
  readonly method: string;
  /** As sent: `/path?query`, `http://host/path`, `host:port` or `*`. */
  readonly target: string;
}

export interface ResponseHead extends HeadShared {
  readonly kind: 'response';
  readonly status: number;
}

export interface HeadByKind {
  readonly request: RequestHead;
  readonly response: ResponseHead;
}

export type MessageKind = keyof HeadByKind;
export type MessageHead = HeadByKind[MessageKind];

/** `text`: start line and fields, each with its CRLF, without the blank line. */
export function parseRequestHead(text: string, headerCountMax: number): RequestHead {
  const startLine = startLineOf(text);
  const methodEnd = startLine.indexOf(' ');
  const targetEnd = startLine.indexOf(' ', methodEnd + 1);
  const method = startLine.slice(0, Math.max(methodEnd, 0));
  const target = startLine.slice(methodEnd + 1, Math.max(targetEnd, 0));
  if (!METHOD.test(method) || !TARGET.test(target)) {
    throw new Http1Error('BAD_START_LINE', 'the first line is no request line');
  }
  const minorVersion = parseVersion(startLine.slice(targetEnd + 1));
  const headers = parseFields(text, startLine.length + 2, headerCountMax);
  assertHost(headers, minorVersion);
  return {
    kind: 'request',
    startLine,
    method,
    target,
    minorVersion,
    headers,
    framing: framingOfRequest(headers, minorVersion),
    keepsAlive: wantsKeepAlive(headers, minorVersion),
    bytes: text.length + 2,
  };
}

let lastText = '';
let lastMethod = '';
let lastCountMax = 0;
let lastHead: ResponseHead | undefined;

/**
 * `method`: of the request that is answered. A server that is asked much gives many answers with the very same head:
 * as long as it does, they share what was read of the first.
 */
export function parseResponseHead(text: string, headerCountMax: number, method: string): ResponseHead {
  const isSame = text === lastText && method === lastMethod && headerCountMax === lastCountMax;
  if (isSame && lastHead !== undefined) return lastHead;
  const head = readResponseHead(text, headerCountMax, method);
  [lastText, lastMethod, lastCountMax, lastHead] = [text, method, headerCountMax, head];
  return head;
}

function readResponseHead(text: string, headerCountMax: number, method: string): ResponseHead {
  const startLine = startLineOf(text);
  const minorVersion = startLine.startsWith(USUAL_VERSION)
    ? 1
    : parseVersion(startLine.slice(0, startLine.indexOf(' ')));
  const status = parseStatus(startLine);
  const headers = parseFields(text, startLine.length + 2, headerCountMax);
  const framing = framingOfResponse(headers, minorVersion, status, method);
  return {
    kind: 'response',
    startLine,
    status,
    minorVersion,
    headers,
    framing,
    keepsAlive: framing.kind !== 'untilClose' && wantsKeepAlive(headers, minorVersion),
    bytes: text.length + 2,
  };
}

// Two expressions per request, none per header.
const METHOD = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const USUAL_VERSION = 'HTTP/1.1 ';

function startLineOf(text: string): string {
  const end = text.indexOf('\n');
  if (text.charCodeAt(end - 1) !== 13) {
    throw new Http1Error('BARE_LINE_FEED', 'the first line ends in LF without CR');
  }
  return text.slice(0, end - 1);
}

/** Of a line that begins with a version and a space: `HTTP/1.1 200 OK`. */
function parseStatus(startLine: string): number {
  const [first, second, third] = [digitAt(startLine, 9), digitAt(startLine, 10), digitAt(startLine, 11)];
  // The reason phrase and even the space before it are left out by some servers.
  let isWhole = first > 0 && second >= 0 && third >= 0;
  if (startLine.length > 12 && startLine.charCodeAt(12) !== SPACE) isWhole = false;
  for (let place = 13; isWhole && place < startLine.length; place += 1) {
    isWhole = VALUE_CHARACTERS[startLine.charCodeAt(place)] === 1;
  }
  if (!isWhole) throw new Http1Error('BAD_START_LINE', 'the first line is no status line');
  return first * 100 + second * 10 + third;
}

const SPACE = 32;

/** -1 where none is. */
function digitAt(text: string, place: number): number {
  const digit = text.charCodeAt(place) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

function parseVersion(text: string): 0 | 1 {
  if (text === 'HTTP/1.1') return 1;
  if (text === 'HTTP/1.0') return 0;
  if (/^HTTP\/\d(?:\.\d)?$/.test(text)) throw new Http1Error('BAD_VERSION', `${text} is not spoken here`);
  throw new Http1Error('BAD_START_LINE', 'the first line names no HTTP version');
}

function assertHost(headers: HeaderList, minorVersion: 0 | 1): void {
  const count = headers.count('host');
  if (count > 1 || (count === 0 && minorVersion === 1)) {
    throw new Http1Error('BAD_HOST', count === 0 ? 'Host is missing' : 'Host was sent more than once');
  }
}

function wantsKeepAlive(headers: HeaderList, minorVersion: 0 | 1): boolean {
  const connection = headers.get('connection');
  if (connection === undefined) return minorVersion === 1;
  if (connection === 'keep-alive') return true;
  const tokens = headers.tokens('connection');
  if (tokens.includes('close')) return false;
  return minorVersion === 1 || tokens.includes('keep-alive');
}
