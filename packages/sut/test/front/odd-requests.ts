import { randomUUID } from 'node:crypto';
import fc from 'fast-check';

/** A request as an attacker, a broken client or a curious one would send it. */
export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** What of it must be found in no log. */
  readonly secret: string;
}

/** Sessions that a request may be sent with. */
export interface Tokens {
  readonly customer: string;
  readonly admin: string;
}

interface PublicRoute {
  readonly method: string;
  /** `:` stands for an id. */
  readonly path: string;
  readonly query?: readonly string[];
  /** A body that the route takes as it is. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Stands where a secret does, until one of the request's own is put there. */
const SECRET = '{secret}';
/** Stands in each piece of a secret that is long enough to be quoted: an error that shows ten characters of a body shows it. */
const SECRET_MARK = 'hush';
const HEXADECIMAL = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
/** 43 characters that would do for a password, a card's token, a challenge and a session alike. */
const secretOf = (digits: string): string =>
  `${digits.replaceAll(/../g, (pair) => `${SECRET_MARK}${pair}`)}${SECRET_MARK}`.slice(0, 43);
const address = { street: 'Ring 1', postcode: '1010', city: 'Wien', country: 'AT' };
const code = { challenge: SECRET, code: '123456' };

/** Every public route. Those that would end the test's own sessions have bodies that do not. */
const ROUTES: readonly PublicRoute[] = [
  { method: 'GET', path: '/api/product', query: ['id'] },
  { method: 'GET', path: '/api/products', query: ['q', 'limit', 'after'] },
  { method: 'PATCH', path: '/api/products/:', body: { priceCents: 100, stockChange: 1, version: 1 } },
  { method: 'GET', path: '/api/recommendations', query: ['productId', 'limit'] },
  {
    method: 'POST',
    path: '/api/auth/register',
    body: { email: 'odd@example.test', password: SECRET, name: 'Odd' },
  },
  { method: 'POST', path: '/api/auth/login', body: { email: 'customer-1@example.test', password: SECRET } },
  { method: 'POST', path: '/api/auth/mfa/totp', body: code },
  { method: 'POST', path: '/api/auth/mfa/recovery', body: code },
  { method: 'GET', path: '/api/profile' },
  { method: 'PATCH', path: '/api/profile', body: { name: 'Odd', address } },
  { method: 'PATCH', path: '/api/profile', body: { currentPassword: SECRET, newPassword: SECRET } },
  { method: 'POST', path: '/api/profile/mfa', body: { password: SECRET } },
  { method: 'DELETE', path: '/api/profile/mfa', body: { password: SECRET } },
  { method: 'POST', path: '/api/profile/mfa/confirmation', body: { code: '123456' } },
  { method: 'GET', path: '/api/cart', query: ['minSeq'] },
  { method: 'PUT', path: '/api/cart/items/:', body: { quantity: 1, seq: 1, opId: randomUUID() } },
  { method: 'DELETE', path: '/api/cart/items/:', body: { seq: 1, opId: randomUUID() } },
  { method: 'POST', path: '/api/orders', body: { items: [{ sku: 17, quantity: 1 }], cartSeq: 1 } },
  { method: 'GET', path: '/api/orders/:' },
  { method: 'POST', path: '/api/orders/:/payments', body: { cardToken: SECRET } },
  { method: 'POST', path: '/api/orders/:/shipments', body: {} },
  { method: 'POST', path: '/api/orders/:/cancellations', body: {} },
  { method: 'POST', path: '/api/orders/:/reviews', body: { decision: 'approve' } },
  { method: 'GET', path: '/api/nothing/:' },
];
/** They end sessions: with the test's own, everything afterwards would be a plain 401. */
const SESSION_ENDS: readonly PublicRoute[] = [
  { method: 'DELETE', path: '/api/auth/session' },
  { method: 'DELETE', path: '/api/auth/sessions' },
];

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '1e400',
    'NaN',
    '17',
    '9007199254740993',
    '2147483648',
    "' OR 1=1 --",
    '\u0000',
    '\ud800',
    '💥'.repeat(60),
    '../../metrics',
    '__proto__',
    'x'.repeat(5_000),
  ),
);
const oddNumber = fc.constantFrom(0, -1, 1, 1.5, 17, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 1e-7);
const oddValue = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom(null, true, [], {}, [[[]]], { $gt: '' }, ['17', 17]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON that says a field twice, or holds a number that no double can. */
const rawField = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `{${JSON.stringify(name)}:1,${JSON.stringify(name)}:"two"}`,
    `{${JSON.stringify(name)}:1e400}`,
    `{${JSON.stringify(name)}:${'9'.repeat(400)}}`,
    `{"__proto__":{${JSON.stringify(name)}:1},"constructor":{}}`,
  );

function bodyText(valid: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const names = Object.keys(valid);
  const name = names.length === 0 ? fc.constant('field') : fc.constantFrom(...names);
  const whole = JSON.stringify(valid);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(name, oddValue).map(([key, value]) => JSON.stringify({ ...valid, [key]: value })),
    },
    { weight: 2, arbitrary: name.map((key) => JSON.stringify({ ...valid, [key]: undefined })) },
    { weight: 2, arbitrary: fc.constant(whole) },
    { weight: 2, arbitrary: name.chain(rawField) },
    { weight: 1, arbitrary: oddText.map((key) => JSON.stringify({ ...valid, [key]: 1 })) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 2, arbitrary: fc.nat(whole.length).map((length) => whole.slice(0, length)) },
    // Values without their quotes: what a reader of JSON says of it quotes the place.
    { weight: 1, arbitrary: fc.constant(whole.replaceAll(/:"([^"]*)"/g, ':$1')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'null', '[]', '"text"', '[['.repeat(4_000), `"${'x'.repeat(20_000)}"`),
    },
  );
}

function bodyBytes({ body = {} }: PublicRoute, secret: string): fc.Arbitrary<Buffer | undefined> {
  const valid = Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, value === SECRET ? secret : value]),
  );
  return fc.oneof(
    { weight: 8, arbitrary: bodyText(valid).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: bodyText(valid).map((text) => Buffer.from(text, 'utf16le')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'text/plain',
      'application/json; charset=utf-16',
      'application/json; charset=nonsense',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json, text/html',
      ';;;',
    ),
  },
);

/** Visible ASCII: node:http refuses to send anything else, and the raw bytes are tried apart. */
const headerText = fc.oneof(
  fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^ -~]/g, '?')),
  fc.constantFrom('', '0', '-1', '1e9', 'soon', '99999999999999999999', 'x'.repeat(9_000), randomUUID()),
);

/** Header names by how they are spelt; each may be absent. */
const oddHeaders = fc
  .record(
    {
      'content-type': contentType,
      'idempotency-key': headerText,
      'x-deadline-ms': headerText,
      'x-request-id': headerText,
      'x-forwarded-for': headerText,
      traceparent: headerText,
      accept: headerText,
      'accept-encoding': headerText,
      'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'nonsense'),
      'x-odd': fc.constantFrom('a', 'x'.repeat(20_000)),
    },
    { requiredKeys: [] },
  )
  // The usual request has few of them, or none would get past the first check.
  .map((headers) => Object.fromEntries(Object.entries(headers).slice(0, 3)));

const oddId = fc.oneof(
  fc.nat(100).map(String),
  fc.constantFrom(
    '%00',
    '%ff',
    '%',
    '%2e%2e',
    '0',
    '-1',
    '99999999999999999999',
    'a'.repeat(3_000),
    '%f0%9f%92%a5',
  ),
);

function pathOf(route: PublicRoute): fc.Arbitrary<string> {
  const path = oddId.map((id) => route.path.replace(':', id));
  const { query } = route;
  if (query === undefined) return path;
  const parameter = fc
    .tuple(fc.constantFrom(...query, 'odd'), fc.oneof(oddId, oddText.map(percentEncoded)))
    .map(([name, value]) => `${name}=${value}`);
  return fc
    .tuple(path, fc.array(parameter, { maxLength: 3 }))
    .map(([start, rest]) => `${start}?${rest.join('&')}`);
}

/** What cannot be encoded (half a surrogate pair) goes as the character that stands for such things. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Requests to every public route, more or less wrong. */
export function oddRequest(tokens: Tokens): fc.Arbitrary<OddRequest> {
  const session = (secret: string): fc.Arbitrary<string | undefined> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(`Bearer ${tokens.customer}`) },
      { weight: 2, arbitrary: fc.constant(`Bearer ${tokens.admin}`) },
      { weight: 1, arbitrary: fc.constant(`Bearer ${secret}`) },
      { weight: 1, arbitrary: headerText.map((text) => `Bearer ${text}`) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  const strange = (): fc.Arbitrary<string | undefined> => fc.oneof(headerText, fc.constant(undefined));
  const toRoute = (route: PublicRoute, authorizationWith: typeof session): fc.Arbitrary<OddRequest> =>
    fc
      .string({ unit: fc.constantFrom(...HEXADECIMAL), minLength: 14, maxLength: 14 })
      .map(secretOf)
      .chain((secret) =>
        fc
          .record({
            path: pathOf(route),
            headers: oddHeaders,
            body: bodyBytes(route, secret),
            authorization: authorizationWith(secret),
          })
          .map((parts) => assemble(route.method, parts, secret)),
      );
  return fc.oneof(
    ...ROUTES.map((route) => toRoute(route, session)),
    ...SESSION_ENDS.map((route) => toRoute(route, strange)),
  );
}

interface OddParts extends Pick<OddRequest, 'path' | 'headers' | 'body'> {
  readonly authorization: string | undefined;
}

function assemble(
  method: string,
  { path, headers, body, authorization }: OddParts,
  secret: string,
): OddRequest {
  return {
    method,
    path,
    headers: {
      'content-type': 'application/json',
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      cookie: `session=${secret}`,
      ...headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: method === 'GET' ? undefined : body,
    secret,
  };
}
