import { MessageReader, type RequestHead, type ResponseHead } from '@stormcart/core';
import { expect, it } from 'vitest';
import { answerFieldsOf } from './answer-fields.ts';
import { forwardedRequest, forwardedResponse, framingForClient } from './forward-head.ts';

const requestHead = (text: string): RequestHead => {
  let read: RequestHead | undefined;
  const sink = { onHead: (head: RequestHead) => void (read = head), onBody: () => {}, onEnd: () => {} };
  new MessageReader('request', sink).push(Buffer.from(text, 'latin1'));
  if (read === undefined) throw new Error('no request head');
  return read;
};

const responseHead = (text: string, method = 'GET'): ResponseHead => {
  let read: ResponseHead | undefined;
  const sink = { onHead: (head: ResponseHead) => void (read = head), onBody: () => {}, onEnd: () => {} };
  const reader = new MessageReader('response', sink);
  reader.expectResponseTo(method);
  reader.push(Buffer.from(text, 'latin1'));
  if (read === undefined) throw new Error('no response head');
  return read;
};

const context = {
  target: { path: '/a', forwarded: '/a?b', authority: 'shop' },
  backendAuthority: '127.0.0.1:9001',
  clientAddress: '10.0.0.7',
  scheme: 'http' as const,
  trustsForwardedFor: false,
  requestId: 'r-1',
  heldMs: 0,
};
const added =
  'X-Forwarded-For: 10.0.0.7\r\nX-Forwarded-Proto: http\r\nX-Request-Id: r-1\r\nVia: 1.1 stormcart\r\n';

it('strips hop-by-hop fields, also those that Connection names', () => {
  const head = requestHead(
    'POST /a?b HTTP/1.1\r\nHost: shop\r\nConnection: keep-alive, X-Hop, Host\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n' +
      'TE: trailers\r\nTrailer: X\r\nUpgrade: websocket\r\nProxy-Authorization: x\r\nX-Kept: 1\r\nContent-Length: 3\r\n\r\n',
  );
  expect(forwardedRequest(head, context)).toBe(
    `POST /a?b HTTP/1.1\r\nHost: shop\r\nX-Kept: 1\r\n${added}Content-Length: 3\r\n\r\n`,
  );
});

it('replaces what a client says about itself, and extends it only where that is trusted', () => {
  const head = requestHead(
    'GET /a HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 6.6.6.6\r\nX-Request-Id: mine\r\n\r\n',
  );
  expect(forwardedRequest(head, context)).toBe(`GET /a?b HTTP/1.1\r\nHost: shop\r\n${added}\r\n`);
  const trusting = forwardedRequest(head, { ...context, trustsForwardedFor: true });
  expect(trusting).toContain('X-Forwarded-For: 6.6.6.6, 10.0.0.7\r\n');
});

it.each([
  ['2000', 0, '2000'],
  ['2000', 12.5, '1987'],
  ['10', 500, '0'],
  ['soon', 500, 'soon'],
])('shortens a deadline of %s by the %d ms that the request was here', (sent, heldMs, left) => {
  const head = requestHead(`GET /a HTTP/1.1\r\nHost: shop\r\nX-Deadline-Ms: ${sent}\r\n\r\n`);
  expect(forwardedRequest(head, { ...context, heldMs })).toContain(`X-Deadline-Ms: ${left}\r\n`);
});

it('names the back end where an HTTP/1.0 client named no host', () => {
  const head = requestHead('GET /a HTTP/1.0\r\n\r\n');
  const target = { ...context.target, authority: undefined };
  expect(forwardedRequest(head, { ...context, target })).toContain('Host: 127.0.0.1:9001\r\n');
});

const plain = { text: '', withheld: new Set<string>() };
const toClient = { requestId: 'r-1', clientMinorVersion: 1, closes: false, answerFields: plain } as const;

it("sets the fields of every answer in place of a back end's, and keeps others to itself", () => {
  const head = responseHead(
    'HTTP/1.1 200 OK\r\nServer: x/1\r\nx-frame-options: ALLOW\r\nX-Kept: 1\r\nContent-Length: 3\r\n\r\n',
  );
  const answerFields = answerFieldsOf({ fields: { 'X-Frame-Options': 'DENY' }, withheld: ['Server'] });
  expect(forwardedResponse(head, { ...toClient, answerFields, framing: head.framing })).toBe(
    'HTTP/1.1 200 OK\r\nX-Kept: 1\r\nX-Frame-Options: DENY\r\nX-Request-Id: r-1\r\nContent-Length: 3\r\n\r\n',
  );
});

it("passes a response on with its own framing and without the back end's connection fields", () => {
  const head = responseHead(
    'HTTP/1.0 200 Fine\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\n',
  );
  expect(forwardedResponse(head, { ...toClient, framing: framingForClient(head.framing, 1) })).toBe(
    'HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Request-Id: r-1\r\nContent-Length: 3\r\n\r\n',
  );
});

it('keeps the length that HEAD asks for and drops the one that 204 must not have', () => {
  const length = 'Content-Length: 3\r\n\r\n';
  const head = responseHead(`HTTP/1.1 200 OK\r\n${length}`, 'HEAD');
  expect(forwardedResponse(head, { ...toClient, framing: head.framing })).toContain('Content-Length: 3\r\n');
  const empty = responseHead(`HTTP/1.1 204 No\r\n${length}`);
  expect(forwardedResponse(empty, { ...toClient, framing: empty.framing })).not.toContain('Content-Length');
});

it('frames an unknown length as chunks for HTTP/1.1 and by the close for HTTP/1.0', () => {
  for (const kind of ['chunked', 'untilClose'] as const) {
    expect(framingForClient({ kind }, 1).kind).toBe('chunked');
    expect(framingForClient({ kind }, 0).kind).toBe('untilClose');
  }
});
