import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Http1Error } from './http1-error.ts';
import { defaultHttp1Limits } from './http1-limits.ts';
import type { MessageKind } from './message-head.ts';
import { MessageReader } from './message-reader.ts';

/** What a reader said, bodies joined, so that two ways of cutting the same bytes can be compared. */
interface Telling {
  readonly events: string[];
  error: string | undefined;
}

function tell(kind: MessageKind, pieces: readonly Buffer[], methods: readonly string[] = []): Telling {
  const telling: Telling = { events: [], error: undefined };
  let body = '';
  const reader = new MessageReader(kind, {
    onHead: (head) => {
      const fields = head.headers.fields.map((field) => `${field.key}=${field.value}`).join('|');
      telling.events.push(
        `${head.startLine} ${head.framing.kind} ${head.keepsAlive} ${head.bytes} ${fields}`,
      );
    },
    onBody: (payload) => {
      body += payload.toString('latin1');
    },
    onEnd: () => {
      telling.events.push(`body ${body}`);
      body = '';
    },
    onInterim: (head) => {
      telling.events.push(`interim ${head.status}`);
    },
  });
  for (const method of methods) reader.expectResponseTo(method);
  try {
    for (const piece of pieces) reader.push(piece);
    reader.end();
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    telling.error = error.code;
    if (body !== '') telling.events.push(`partial ${body}`);
  }
  return telling;
}

const whole = (kind: MessageKind, text: string, methods?: readonly string[]): Telling =>
  tell(kind, [Buffer.from(text, 'latin1')], methods);

const HOST = 'Host: shop\r\n';

it('tells pipelined requests with every kind of body apart', () => {
  const text =
    `\r\nGET /a?b=1 HTTP/1.1\r\n${HOST}Accept:  */* \t\r\n\r\n` +
    `POST /b HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello` +
    `PUT /c HTTP/1.1\r\n${HOST}Transfer-Encoding: Chunked\r\n\r\n` +
    '5;name="v"\r\nhello\r\n00A\r\n0123456789\r\n0 ;x\r\nTrailer: t\r\n\r\n' +
    'HEAD / HTTP/1.0\r\n\r\n';
  expect(whole('request', text)).toEqual({
    events: [
      'GET /a?b=1 HTTP/1.1 none true 51 host=shop|accept=*/*',
      'body ',
      'POST /b HTTP/1.1 length true 51 host=shop|content-length=5',
      'body hello',
      'PUT /c HTTP/1.1 chunked true 59 host=shop|transfer-encoding=Chunked',
      'body hello0123456789',
      'HEAD / HTTP/1.0 none false 19 ',
      'body ',
    ],
    error: undefined,
  });
});

it('reads responses as their requests ask: HEAD, interim, bodiless statuses, until close', () => {
  const text =
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n' +
    'HTTP/1.1 204 No Content\r\n\r\n' +
    'HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n' +
    'HTTP/1.1 200 \r\nConnection: close\r\n\r\nto the end';
  expect(whole('response', text, ['HEAD', 'DELETE', 'GET', 'GET'])).toEqual({
    events: [
      'interim 103',
      'HTTP/1.1 200 OK none true 38 content-length=5',
      'body ',
      'HTTP/1.1 204 No Content none true 27 ',
      'body ',
      'HTTP/1.1 304 none true 35 content-length=9',
      'body ',
      'HTTP/1.1 200  untilClose false 36 connection=close',
      'body to the end',
    ],
    error: undefined,
  });
});

const requestWith = (line: string, body = ''): string => `POST / HTTP/1.1\r\n${HOST}${line}\r\n\r\n${body}`;
const chunkedRequest = (body: string): string => requestWith('Transfer-Encoding: chunked', body);

const MALFORMED_REQUESTS: readonly (readonly [name: string, text: string, code: string])[] = [
  ['no request line', 'hello\r\n\r\n', 'BAD_START_LINE'],
  ['two spaces in the request line', `GET  / HTTP/1.1\r\n${HOST}\r\n`, 'BAD_START_LINE'],
  ['a space in the target', `GET /a b HTTP/1.1\r\n${HOST}\r\n`, 'BAD_START_LINE'],
  ['a control character in the target', `GET /\u0001 HTTP/1.1\r\n${HOST}\r\n`, 'BAD_START_LINE'],
  ['two empty lines before it', `\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`, 'BAD_START_LINE'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'BAD_VERSION'],
  ['lower-case version', `GET / http/1.1\r\n${HOST}\r\n`, 'BAD_START_LINE'],
  ['no Host', 'GET / HTTP/1.1\r\nAccept: */*\r\n\r\n', 'BAD_HOST'],
  ['two Hosts', requestWith('Host: other'), 'BAD_HOST'],
  ['bare LF after the start line', `GET / HTTP/1.1\n${HOST}\r\n`, 'BARE_LINE_FEED'],
  ['bare LF after a field', `GET / HTTP/1.1\r\nHost: shop\n\r\n`, 'BARE_LINE_FEED'],
  ['only bare LFs, never a CRLF', 'GET / HTTP/1.1\nHost: shop\n\n', 'BARE_LINE_FEED'],
  ['bare CR in a value', requestWith('A: b\rContent-Length: 3'), 'BAD_HEADER'],
  ['NUL in a value', requestWith('A: b\0c'), 'BAD_HEADER'],
  ['a folded value', requestWith('A: b\r\n c'), 'OBSOLETE_FOLD'],
  ['white space before the first field', `GET / HTTP/1.1\r\n ${HOST}\r\n`, 'OBSOLETE_FOLD'],
  ['space before the colon', requestWith('Content-Length : 3', 'abc'), 'BAD_HEADER'],
  ['a field without a name', requestWith(': x'), 'BAD_HEADER'],
  ['a field without a colon', requestWith('nonsense'), 'BAD_HEADER'],
  ['both lengths', requestWith('Content-Length: 3\r\nTransfer-Encoding: chunked'), 'AMBIGUOUS_LENGTH'],
  [
    'both lengths, the other way round',
    requestWith('Transfer-Encoding: chunked\r\nContent-Length: 3'),
    'AMBIGUOUS_LENGTH',
  ],
  ['differing lengths', requestWith('Content-Length: 3\r\nContent-Length: 4'), 'BAD_CONTENT_LENGTH'],
  ['equal lengths twice', requestWith('Content-Length: 3\r\nContent-Length: 3'), 'BAD_CONTENT_LENGTH'],
  ['a list of lengths', requestWith('Content-Length: 3, 3'), 'BAD_CONTENT_LENGTH'],
  ['a signed length', requestWith('Content-Length: +3'), 'BAD_CONTENT_LENGTH'],
  ['a negative length', requestWith('Content-Length: -3'), 'BAD_CONTENT_LENGTH'],
  ['a hexadecimal length', requestWith('Content-Length: 0x3'), 'BAD_CONTENT_LENGTH'],
  ['an empty length', requestWith('Content-Length:'), 'BAD_CONTENT_LENGTH'],
  ['a length beyond exact numbers', requestWith('Content-Length: 9999999999999999'), 'BAD_CONTENT_LENGTH'],
  ['an unknown coding', requestWith('Transfer-Encoding: gzip, chunked'), 'BAD_TRANSFER_CODING'],
  [
    'a coding that only looks like chunked',
    requestWith('Transfer-Encoding: xchunked'),
    'BAD_TRANSFER_CODING',
  ],
  ['identity', requestWith('Transfer-Encoding: identity'), 'BAD_TRANSFER_CODING'],
  ['an empty coding', requestWith('Transfer-Encoding:'), 'BAD_TRANSFER_CODING'],
  [
    'chunked twice',
    requestWith('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
    'BAD_TRANSFER_CODING',
  ],
  [
    'chunked in HTTP/1.0',
    'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'BAD_TRANSFER_CODING',
  ],
  ['a chunk without a size', chunkedRequest('\r\nhello\r\n'), 'BAD_CHUNK'],
  ['a chunk size with 0x', chunkedRequest('0x5\r\nhello\r\n'), 'BAD_CHUNK'],
  ['a chunk size with a space before it', chunkedRequest(' 5\r\nhello\r\n'), 'BAD_CHUNK'],
  ['a chunk size with a space after it', chunkedRequest('5 \r\nhello\r\n'), 'BAD_CHUNK'],
  ['a chunk size that overflows', chunkedRequest('fffffffffffffffff\r\nhello\r\n'), 'BAD_CHUNK'],
  ['a chunk size line with bare LF', chunkedRequest('5\nhello\r\n0\r\n\r\n'), 'BARE_LINE_FEED'],
  ['a chunk extension with bare CR', chunkedRequest('5;a\rb\r\nhello\r\n0\r\n\r\n'), 'BAD_CHUNK'],
  ['an endless chunk extension', chunkedRequest(`5;${'x'.repeat(2_000)}`), 'BAD_CHUNK'],
  ['a chunk longer than its size', chunkedRequest('5\r\nhello!\r\n0\r\n\r\n'), 'BAD_CHUNK'],
  ['a chunk that ends in bare LF', chunkedRequest('5\r\nhello\n0\r\n\r\n'), 'BARE_LINE_FEED'],
  ['a malformed trailer', chunkedRequest('0\r\nno colon\r\n\r\n'), 'BAD_HEADER'],
  ['endless trailers', chunkedRequest(`0\r\n${'A: b\r\n'.repeat(6_000)}`), 'BAD_CHUNK'],
  ['a head beyond its limit', requestWith(`A: ${'x'.repeat(33_000)}`), 'HEAD_TOO_LARGE'],
  ['a start line without end', `GET /${'x'.repeat(33_000)}`, 'HEAD_TOO_LARGE'],
  ['too many fields', requestWith('A: b\r\n'.repeat(100).trimEnd()), 'TOO_MANY_HEADERS'],
  ['a close inside the head', 'GET / HTT', 'TRUNCATED'],
  ['a close inside a counted body', requestWith('Content-Length: 3', 'ab'), 'TRUNCATED'],
  ['a close inside a chunk', chunkedRequest('5\r\nhel'), 'TRUNCATED'],
  ['a close before the last chunk', chunkedRequest('5\r\nhello\r\n'), 'TRUNCATED'],
  ['a close inside the trailers', chunkedRequest('0\r\n'), 'TRUNCATED'],
];

it.each(MALFORMED_REQUESTS)('refuses %s', (_name, text, code) => {
  const bytes = Buffer.from(text, 'latin1');
  const told = tell('request', [bytes]);
  expect(told.error).toBe(code);
  // Long inputs byte by byte would only repeat what the property below shows.
  const step = bytes.length > 5_000 ? 997 : 1;
  expect(tell('request', cutEvery(bytes, step))).toEqual(told);
});

it.each([
  ['no status line', 'hello\r\n\r\n', 'BAD_START_LINE'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'BAD_START_LINE'],
  ['a status glued to its reason', 'HTTP/1.1 200OK\r\n\r\n', 'BAD_START_LINE'],
  ['another version', 'HTTP/2 200 OK\r\n\r\n', 'BAD_VERSION'],
  ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\n\r\n', 'UNEXPECTED_RESPONSE'],
  ['a second answer to one request', 'HTTP/1.1 204 No\r\n\r\n'.repeat(2), 'UNEXPECTED_RESPONSE'],
  [
    'both lengths on an answer to HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    'AMBIGUOUS_LENGTH',
  ],
  ['a close inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', 'TRUNCATED'],
])('refuses in a response %s', (name, text, code) => {
  expect(whole('response', text, [name.includes('HEAD') ? 'HEAD' : 'GET']).error).toBe(code);
});

it('keeps refusing after it has refused', () => {
  const reader = new MessageReader('request', { onHead: () => {}, onBody: () => {}, onEnd: () => {} });
  expect(() => reader.push(Buffer.from('\n'))).toThrow(Http1Error);
  expect(() => reader.push(Buffer.from(`GET / HTTP/1.1\r\n${HOST}\r\n`))).toThrow(Http1Error);
  expect(() => reader.end()).toThrow(Http1Error);
});

it('accepts a head of exactly the limit and refuses one byte more', () => {
  const sized = (bytes: number): string => {
    const empty = requestWith('A: ');
    return requestWith(`A: ${'x'.repeat(bytes - empty.length)}`);
  };
  expect(whole('request', sized(defaultHttp1Limits.headBytesMax)).error).toBeUndefined();
  expect(whole('request', sized(defaultHttp1Limits.headBytesMax + 1)).error).toBe('HEAD_TOO_LARGE');
});

it('pauses between pipelined messages and loses nothing, the end included', () => {
  const targets: string[] = [];
  const reader = new MessageReader('request', {
    onHead: (head) => {
      targets.push(head.target);
    },
    onBody: () => {},
    onEnd: () => reader.pause(),
  });
  const request = (target: string): string => `GET ${target} HTTP/1.1\r\n${HOST}\r\n`;
  reader.push(Buffer.from(request('/1') + request('/2') + request('/3').slice(0, 9)));
  expect(targets).toEqual(['/1']);
  reader.push(Buffer.from(request('/3').slice(9)));
  reader.end();
  expect(reader.isIdle).toBe(false);
  reader.resume();
  reader.resume();
  expect(targets).toEqual(['/1', '/2', '/3']);
  reader.resume();
  expect(reader.isIdle).toBe(true);
});

it('says the same about the same bytes however they are cut', () => {
  fc.assert(
    fc.property(
      streams(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      (stream, cuts) => {
        const bytes = Buffer.from(stream.text, 'latin1');
        const expected = tell(stream.kind, [bytes], stream.methods);
        expect(tell(stream.kind, cutAt(bytes, cuts), stream.methods)).toEqual(expected);
        expect(tell(stream.kind, cutEvery(bytes, 1), stream.methods)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

/** Everything that `onRaw` told of these pieces, and what `detach` gave back, up to the first failure. */
function raw({ kind, methods }: Omit<Stream, 'text'>, pieces: readonly Buffer[]): readonly [Buffer, Buffer] {
  const told: Buffer[] = [];
  const sink = { onHead: () => {}, onBody: () => {}, onEnd: () => {}, onSwitch: () => {} };
  const reader = new MessageReader(kind, { ...sink, onRaw: (bytes) => told.push(Buffer.from(bytes)) });
  for (const method of methods) reader.expectResponseTo(method);
  let pushed = 0;
  try {
    for (const piece of pieces) {
      pushed += piece.length;
      reader.push(piece);
    }
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
  }
  const bytes = Buffer.concat([...told, reader.detach()]);
  return [bytes, Buffer.concat(pieces).subarray(0, pushed)];
}

it('tells every byte as it came, or gives it back, however they are cut', () => {
  fc.assert(
    fc.property(
      streams(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      (stream, cuts) => {
        const bytes = Buffer.from(stream.text, 'latin1');
        for (const pieces of [[bytes], cutAt(bytes, cuts), cutEvery(bytes, 1)]) {
          const [told, pushed] = raw(stream, pieces);
          expect(told.toString('latin1')).toBe(pushed.toString('latin1'));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it.each([
  ['GET', '101 Switching Protocols', 0],
  ['CONNECT', '200 Connection established', 0],
  ['GET', '200 OK', 1],
])('gives back what follows a change of protocol, unread: %s answered with %s', (method, status, heads) => {
  const events: string[] = [];
  const reader = new MessageReader('response', {
    onHead: () => events.push('head'),
    onBody: () => {},
    onEnd: () => {},
    onRaw: (bytes, part) => events.push(`${part} ${bytes.length}`),
    onSwitch: (head) => events.push(`switch ${head.status}`),
  });
  reader.expectResponseTo(method);
  const head = `HTTP/1.1 ${status}\r\nContent-Length: 4\r\n\r\n`;
  reader.push(Buffer.from(`${head}\0\r\n\r`));
  if (heads === 0) {
    reader.push(Buffer.from('more'));
    reader.end();
    expect(events).toEqual([`head ${head.length}`, `switch ${status.slice(0, 3)}`]);
    expect(reader.detach().toString()).toBe('\0\r\n\rmore');
  } else {
    expect(events).toEqual([`head ${head.length}`, 'head', 'body 4']);
    expect(reader.detach().length).toBe(0);
  }
});

interface Stream {
  readonly kind: MessageKind;
  readonly text: string;
  readonly methods: readonly string[];
}

/** Valid messages in a row, some of them spoilt by replacing or inserting a character that parsers disagree on. */
function streams(): fc.Arbitrary<Stream> {
  const method = fc.constantFrom('GET', 'HEAD', 'POST');
  const line = fc.tuple(
    fc.stringMatching(/^[A-Za-z-]{1,8}$/).map((name) => `X-${name}`),
    fc.stringMatching(/^[\t\x20-\x7e]{0,12}$/),
  );
  const lines = fc
    .array(line, { maxLength: 3 })
    .map((all) => all.map(([name, value]) => `${name}:${value}\r\n`).join(''));
  const body = fc.stringMatching(/^[\r\n0-9a-z:;]{0,20}$/);
  const chunked = fc
    .array(fc.tuple(body, fc.constantFrom('', ';a=b', ' ; q="x"')), { maxLength: 3 })
    .map((chunks) => {
      const parts = chunks.filter(([data]) => data !== '');
      const coded = parts
        .map(([data, extension]) => `${data.length.toString(16)}${extension}\r\n${data}\r\n`)
        .join('');
      return `Transfer-Encoding: chunked\r\n\r\n${coded}0\r\nT: x\r\n\r\n`;
    });
  const counted = body.map((data) => `Content-Length: ${data.length}\r\n\r\n${data}`);
  const rest = fc.oneof(chunked, counted, fc.constant('\r\n'));
  const request = fc
    .tuple(method, lines, rest)
    .map(([verb, fields, tail]) => `${verb} /x HTTP/1.1\r\n${HOST}${fields}${tail}`);
  const response = fc
    .tuple(fc.constantFrom(100, 200, 204, 304, 503), lines, rest)
    .map(([status, fields, tail]) => `HTTP/1.1 ${status} Some\r\n${fields}${tail}`);
  const spoil = fc.option(
    fc.tuple(fc.nat(), fc.constantFrom('\n', '\r', '\r\n', ' ', '\0', ';', ':', '7'), fc.boolean()),
  );
  return fc
    .tuple(
      fc.boolean(),
      fc.array(request, { maxLength: 4 }),
      fc.array(response, { maxLength: 4 }),
      fc.array(method, { maxLength: 4 }),
      spoil,
    )
    .map(([asksRequests, requests, responses, methods, damage]) => {
      const text = (asksRequests ? requests : responses).join('');
      return {
        kind: asksRequests ? 'request' : 'response',
        text: damage === null ? text : damaged(text, ...damage),
        methods,
      };
    });
}

function damaged(text: string, place: number, character: string, isReplacing: boolean): string {
  const at = place % (text.length + 1);
  return text.slice(0, at) + character + text.slice(isReplacing ? at + 1 : at);
}

function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const offsets = places
    .map((place) => Math.floor(place * bytes.length))
    .toSorted((left, right) => left - right);
  const starts = [0, ...offsets];
  return starts
    .map((start, index) => bytes.subarray(start, starts[index + 1] ?? bytes.length))
    .filter((piece) => piece.length > 0);
}

function cutEvery(bytes: Buffer, step: number): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += step) pieces.push(bytes.subarray(start, start + step));
  return pieces;
}
