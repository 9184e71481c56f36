import type { BodyFraming, HeaderList, RequestHead, ResponseHead } from '@stormcart/core';
import type { RequestTarget } from '../route/request-target.ts';
import type { AnswerFields } from './answer-fields.ts';

/**
 * Fields that belong to one connection or to its framing (RFC 9110 §7.6.1). `trailer` is here because
 * trailer fields are dropped, and `content-length` because each hop states its own.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A Connection field may name others as hop-by-hop, but must not talk us out of these. */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  'host',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-proto',
]);

export interface RequestContext {
  readonly target: RequestTarget;
  /** `host:port` of the back end, said when the client named no host. */
  readonly backendAuthority: string;
  readonly clientAddress: string;
  /** What the client spoke to us. */
  readonly scheme: 'http' | 'https';
  readonly trustsForwardedFor: boolean;
  readonly requestId: string;
  /** How long the request was here: so much less its client will wait for the back end. */
  readonly heldMs: number;
}

/** What is left, in milliseconds, of the time that the client waits. */
const DEADLINE = 'x-deadline-ms';

/** The head to send to a back end, blank line included. */
export function forwardedRequest(head: RequestHead, context: RequestContext): string {
  const { target, clientAddress } = context;
  const nominated = nominatedBy(head.headers);
  let text = `${head.method} ${target.forwarded} HTTP/1.1\r\nHost: ${target.authority ?? context.backendAuthority}\r\n`;
  for (const { name, key, value } of head.headers.fields) {
    if (key === 'host' || key === 'x-request-id' || key.startsWith('x-forwarded-')) continue;
    if (HOP_BY_HOP.has(key) || nominated?.includes(key) === true) continue;
    text += `${name}: ${key === DEADLINE ? shortened(value, context.heldMs) : value}\r\n`;
  }
  const earlier = context.trustsForwardedFor ? head.headers.get('x-forwarded-for') : undefined;
  text += `X-Forwarded-For: ${earlier === undefined ? '' : `${earlier}, `}${clientAddress}\r\n`;
  text += `X-Forwarded-Proto: ${context.scheme}\r\nX-Request-Id: ${context.requestId}\r\nVia: 1.${head.minorVersion} stormcart\r\n`;
  return `${text}${framingFields(head.framing)}\r\n`;
}

export interface ResponseContext {
  readonly requestId: string;
  readonly clientMinorVersion: 0 | 1;
  readonly answerFields: AnswerFields;
  /** How the body will be framed towards the client. */
  readonly framing: BodyFraming;
  readonly closes: boolean;
}

/** The framing for the client: what it understands, keeping the length where one is known. */
export function framingForClient(framing: BodyFraming, clientMinorVersion: 0 | 1): BodyFraming {
  if (framing.kind === 'none' || framing.kind === 'length') return framing;
  return clientMinorVersion === 1 ? { kind: 'chunked' } : { kind: 'untilClose' };
}

/** The head to send to the client, blank line included. */
export function forwardedResponse(head: ResponseHead, context: ResponseContext): string {
  const nominated = nominatedBy(head.headers);
  const { withheld } = context.answerFields;
  let text = `HTTP/1.1${head.startLine.slice('HTTP/1.1'.length)}\r\n`;
  for (const { name, key, value } of head.headers.fields) {
    if (key === 'x-request-id' || withheld.has(key) || nominated?.includes(key) === true) continue;
    // The length of the body that GET would get; there is none to contradict it (RFC 9110 §8.6).
    const isTold = key === 'content-length' && head.framing.kind === 'none' && head.status !== 204;
    if (HOP_BY_HOP.has(key) && !isTold) continue;
    text += `${name}: ${value}\r\n`;
  }
  text += `${context.answerFields.text}X-Request-Id: ${context.requestId}\r\n${framingFields(context.framing)}`;
  if (context.closes) text += 'Connection: close\r\n';
  else if (context.clientMinorVersion === 0) text += 'Connection: keep-alive\r\n';
  return `${text}\r\n`;
}

/** An interim response (100, 103) as it is passed on. */
export function forwardedInterim(head: ResponseHead): string {
  let text = `HTTP/1.1${head.startLine.slice('HTTP/1.1'.length)}\r\n`;
  for (const { name, key, value } of head.headers.fields) {
    if (!HOP_BY_HOP.has(key)) text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** What is no number is the back end's to judge. */
function shortened(deadlineMs: string, heldMs: number): string {
  if (!/^\d{1,9}$/.test(deadlineMs)) return deadlineMs;
  return String(Math.max(Number(deadlineMs) - Math.ceil(heldMs), 0));
}

function framingFields(framing: BodyFraming): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.bytes}\r\n`;
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
}

function nominatedBy(headers: HeaderList): readonly string[] | undefined {
  const connection = headers.get('connection');
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return headers.tokens('connection').filter((token) => !NEVER_NOMINATED.has(token));
}
