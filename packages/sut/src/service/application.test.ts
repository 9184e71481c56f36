import { AppError } from '@stormcart/core';
import { expect, it } from 'vitest';
import { answerFor } from './application.ts';

it.each([
  [
    'a store that is away',
    new AppError({ kind: 'environment', code: 'STORE_UNAVAILABLE', message: 'secret' }),
    503,
  ],
  ['a deadlock', Object.assign(new Error('secret'), { errno: 1213 }), 503],
  ['anything else', new Error('secret'), 500],
  ['a thrown text', 'secret', 500],
])('answers %s without a word of its own', (_what, error, status) => {
  const answer = answerFor(error);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer)).not.toContain('secret');
});
