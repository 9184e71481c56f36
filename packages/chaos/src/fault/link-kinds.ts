import { bandwidth, duration } from '@stormcart/core';
import type { FaultKind } from './attribute.ts';

/** A day: longer than any drill, short enough for a timer. */
const DAY_MS = 86_400_000;

/** `toxic:` of a scenario's link fault. */
export const linkFaultKinds = {
  latency: {
    about: 'Delays every byte.',
    attributes: {
      latency: { about: 'the delay', unit: duration, min: 0, max: DAY_MS },
      jitter: {
        about: 'the delay varies by up to this much either way',
        unit: duration,
        min: 0,
        max: DAY_MS,
        usual: 0,
      },
    },
  },
  bandwidth: {
    about: 'Passes no more than this many bytes a second.',
    attributes: { rate: { about: 'the limit', unit: bandwidth, min: 1, max: 10_737_418_240 } },
  },
  timeout: {
    about: 'Passes nothing and keeps connections open; with a time, closes them after it.',
    attributes: {
      timeout: {
        about: 'how long until connections are closed; 0ms never',
        unit: duration,
        min: 0,
        max: DAY_MS,
        usual: 0,
      },
    },
  },
  reset_peer: {
    about: 'Resets connections (TCP RST).',
    attributes: {
      timeout: {
        about: 'how long a connection may live first',
        unit: duration,
        min: 0,
        max: DAY_MS,
        usual: 0,
      },
    },
  },
  down: { about: 'Refuses new connections and closes those that are open.', attributes: {} },
} as const satisfies Record<string, FaultKind>;

export type LinkFaultName = keyof typeof linkFaultKinds;
