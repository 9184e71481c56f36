import { duration } from '@stormcart/core';
import { defineHttpFault } from './http-fault-kind.ts';

/** A day: no client comes back later than that. */
const RETRY_AFTER_MS_MAX = 86_400_000;

/** Retry-After knows whole seconds only (RFC 9110 §10.2.3). */
const SECOND_MS = 1_000;

export const abortFault = defineHttpFault({
  about: 'Answers with a status instead of the server.',
  attributes: {
    status: {
      kind: 'count',
      about: 'the status to answer with',
      // Interim answers (1xx) end nothing.
      min: 200,
      max: 599,
      usual: 503,
    },
    retry_after: {
      kind: 'quantity',
      about: 'sent as Retry-After, in whole seconds; 0s sends none',
      unit: duration,
      min: 0,
      max: RETRY_AFTER_MS_MAX,
      usual: 0,
    },
    request: {
      kind: 'word',
      about: 'dropped never reaches the server; delivered is carried out, and only its answer is replaced',
      accepted: ['dropped', 'delivered'],
      usual: 'dropped',
    },
  },
  effect: ({ status, retry_after: retryAfterMs, request }) => ({
    kind: 'answer',
    status,
    retryAfterS: retryAfterMs === 0 ? undefined : Math.ceil(retryAfterMs / SECOND_MS),
    isDelivered: request === 'delivered',
  }),
});
