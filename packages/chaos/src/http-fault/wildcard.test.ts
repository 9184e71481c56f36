import { matchNames } from '@stormcart/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesWildcard } from './wildcard.ts';

it.each([
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['/api/orders', '/api/orders', true],
  ['/api/orders', '/api/orders/7', false],
  ['/api/orders*', '/api/orders/7', true],
  ['/api/*/payments', '/api/orders/7/payments', true],
  ['/api/*/payments', '/api/orders/7/payments/1', false],
  ['*ab*ab', 'abab', true],
  ['*ab*ab', 'aba', false],
  ['a.c', 'abc', false],
  ['**', 'anything', true],
])('%j on %j: %s', (pattern, text, expected) => {
  expect(matchesWildcard(pattern, text)).toBe(expected);
});

it('says what patterns of names say', () => {
  const text = fc.stringMatching(/^[ab/*]{0,12}$/);
  fc.assert(
    fc.property(text, fc.stringMatching(/^[ab/]{0,12}$/), (pattern, name) => {
      expect(matchesWildcard(pattern, name)).toBe(matchNames(pattern, [name]).length === 1);
    }),
  );
});

it('does not take for ever over a pattern that means harm', () => {
  // A regular expression would try every way to share 5,000 letters between 20 stars.
  expect(matchesWildcard(`${'*a'.repeat(20)}b`, 'a'.repeat(5_000))).toBe(false);
});
