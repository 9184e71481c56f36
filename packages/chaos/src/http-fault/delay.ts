import { duration } from '@stormcart/core';
import { defineHttpFault } from './http-fault-kind.ts';

/** An hour: longer than any client waits, short enough for a timer. */
const DELAY_MS_MAX = 3_600_000;

export const delayFault = defineHttpFault({
  about: 'Holds requests or their answers back.',
  attributes: {
    delay: { kind: 'quantity', about: 'how long', unit: duration, min: 0, max: DELAY_MS_MAX },
    jitter: {
      kind: 'quantity',
      about: 'the delay varies by up to this much either way',
      unit: duration,
      min: 0,
      max: DELAY_MS_MAX,
      usual: 0,
    },
    part: {
      kind: 'word',
      about: 'request: it reaches the server late; answer: it is carried out at once and answered late',
      accepted: ['request', 'answer'],
      usual: 'request',
    },
  },
  effect: ({ delay, jitter, part }, random) => ({
    kind: 'hold',
    part,
    ms: Math.max(0, delay + jitter * (2 * random.next() - 1)),
  }),
});
