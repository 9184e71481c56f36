import type { RequestSpec } from '@stormcart/core';
import { loadError } from '../load-error.ts';
import type { RequestBytes } from './exchange.ts';

/** RFC 9112 §3: a request target is visible ASCII; a space or a line break would start something else. */
const VISIBLE_ASCII = /^[\u0021-\u007e]+$/;
/** RFC 9110 §5.6.2, a token. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 without obs-text: what every server reads alike. */
const HEADER_VALUE = /^[\t\u0020-\u007e]*$/;

/** One HTTP/1.1 request but for its id. */
interface Frame {
  readonly beforeId: string;
  readonly afterId: string;
  readonly isAscii: boolean;
}

/** More kinds of requests than a scenario lists; frames take some 200 bytes each. */
const FIXED_MAX = 100;

/** Writes requests out for one target. */
export interface RequestWriter {
  /**
   * One HTTP/1.1 request, to be written to the socket in one piece.
   * Host, lengths and the request id are the driver's to set, the other headers the journey's. Throws UNSENDABLE_REQUEST.
   */
  bytesOf(spec: RequestSpec, requestId: string): RequestBytes;
}

/** `authority`: for the Host header, ASCII like the ids. */
export function createRequestWriter(authority: string): RequestWriter {
  // A journey of always the same request may hand over always the same object: it is put together once.
  const fixedFrames = new Map<RequestSpec, Frame>();
  return {
    bytesOf: (spec, requestId) => {
      let frame = fixedFrames.get(spec);
      if (frame === undefined) {
        frame = frameOf(spec, authority);
        if (fixedFrames.size < FIXED_MAX && isFixed(spec)) fixedFrames.set(spec, frame);
      }
      const text = frame.beforeId + requestId + frame.afterId;
      // Node writes Latin-1 strings without a copy of its own; anything else has to be encoded first.
      return frame.isAscii ? text : Buffer.from(text, 'utf8');
    },
  };
}

/** Whether nobody can change what it says any more. */
function isFixed(spec: RequestSpec): boolean {
  if (spec.body !== undefined || !Object.isFrozen(spec)) return false;
  return spec.headers === undefined || Object.isFrozen(spec.headers);
}

function frameOf(spec: RequestSpec, authority: string): Frame {
  const { method, path, headers, body } = spec;
  if (!VISIBLE_ASCII.test(path) || !path.startsWith('/')) throw unsendable(spec, 'path', path);
  const beforeId = `${method} ${path} HTTP/1.1\r\nHost: ${authority}\r\nX-Request-Id: `;
  let afterId = '\r\n';
  if (headers !== undefined) {
    for (const [name, value] of Object.entries(headers)) {
      if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
        throw unsendable(spec, `header ${name}`, value);
      afterId += `${name}: ${value}\r\n`;
    }
  }
  if (body === undefined) {
    // Without a length some servers answer 411 to a body-less POST or PUT (RFC 9110 §8.6).
    if (method !== 'GET' && method !== 'DELETE') afterId += 'Content-Length: 0\r\n';
    return { beforeId, afterId: `${afterId}\r\n`, isAscii: true };
  }
  const json = JSON.stringify(body);
  const length = Buffer.byteLength(json);
  return {
    beforeId,
    afterId: `${afterId}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${json}`,
    isAscii: length === json.length,
  };
}

function unsendable(spec: RequestSpec, what: string, value: string): Error {
  return loadError({
    kind: 'internal',
    code: 'UNSENDABLE_REQUEST',
    message: `route ${spec.route}: ${what} ${JSON.stringify(value)} cannot be sent over HTTP/1.1`,
  });
}
