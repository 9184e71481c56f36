import { expect, it } from 'vitest';
import { BODY_BYTES_MAX, refusalOf } from './admission.ts';

const here = { authority: '127.0.0.1:4000', token: 'a-token-of-some-length-indeed-it-is' };
const good = { host: '127.0.0.1:4000', authorization: `Bearer ${here.token}` };
const json = { ...good, 'content-type': 'application/json' };

it.each([
  ['who knows the token', 'GET', good],
  ['a browser on its own page', 'GET', { ...good, 'sec-fetch-site': 'same-origin' }],
  ['a typed address', 'GET', { ...good, 'sec-fetch-site': 'none' }],
  ['its own origin', 'POST', { ...json, origin: 'http://127.0.0.1:4000' }],
  ['another name for the same host', 'GET', { ...good, host: 'localhost:4000' }],
  ['JSON with a character set', 'POST', { ...good, 'content-type': 'Application/JSON; charset=utf-8' }],
])('lets %s in', (_, method, headers) => {
  expect(refusalOf({ method, headers }, here)).toBeUndefined();
});

it.each([
  ['no token', 'GET', { host: good.host }, 401],
  ['a wrong token', 'GET', { ...good, authorization: 'Bearer a-token-of-some-length-indeed-it-IS' }, 401],
  ['half of a token', 'GET', { ...good, authorization: good.authorization.slice(0, -1) }, 401],
  ['another host', 'GET', { ...good, host: 'evil.example:4000' }, 403],
  ['no host', 'GET', { authorization: good.authorization }, 403],
  ['a page of another site', 'POST', { ...json, 'sec-fetch-site': 'cross-site' }, 403],
  ['a page of a sister site', 'GET', { ...good, 'sec-fetch-site': 'same-site' }, 403],
  ['another origin', 'POST', { ...json, origin: 'http://evil.example' }, 403],
  ['an opaque origin', 'POST', { ...json, origin: 'null' }, 403],
  ['a form', 'POST', { ...good, 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['a body without a type', 'POST', good, 415],
  ['a huge body', 'POST', { ...json, 'content-length': String(BODY_BYTES_MAX + 1) }, 413],
])('turns %s away', (_, method, headers, status) => {
  expect(refusalOf({ method, headers }, here)?.status).toBe(status);
});
