import { expect, it } from 'vitest';
import { databaseUnavailable, isTransactionConflict, isUnavailable } from './failure.ts';

const coded = (code: string): Error => Object.assign(new Error(code), { code });
const numbered = (errno: number): Error =>
  Object.assign(new Error(`errno ${errno}`), { errno, code: 'ER_SOMETHING' });

it.each([
  coded('ECONNREFUSED'),
  coded('PROTOCOL_SEQUENCE_TIMEOUT'),
  coded('PROTOCOL_CONNECTION_LOST'),
  numbered(1040),
  numbered(1290),
  new Error("Can't add new command when connection is in closed state"),
  new Error('Queue limit reached.'),
  databaseUnavailable(new Error('no connection became free')),
])('takes it for a database that is away: %s', (error) => {
  expect(isUnavailable(error)).toBe(true);
  expect(isTransactionConflict(error)).toBe(false);
});

it.each([numbered(1213), numbered(1205)])('takes it for a conflict that may go again: %s', (error) => {
  expect(isTransactionConflict(error)).toBe(true);
  expect(isUnavailable(error)).toBe(false);
});

it.each([numbered(1062), numbered(1146), new Error('a bug'), null, 'text', undefined])(
  'takes it for neither: %s',
  (error) => {
    expect(isUnavailable(error)).toBe(false);
    expect(isTransactionConflict(error)).toBe(false);
  },
);
