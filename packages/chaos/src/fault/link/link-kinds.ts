import { bandwidth, bytes, duration, share } from '@stormcart/core';
import type { FaultKind, QuantityAttribute, WordAttribute } from '../attribute.ts';

/** A day: longer than any drill, short enough for a timer. */
const DAY_MS = 86_400_000;

/** Upstream carries requests, from the link's start to its end; downstream carries the answers back. */
const direction = (usual: 'downstream' | 'both'): WordAttribute => ({
  kind: 'word',
  about: 'upstream carries requests, downstream the answers',
  accepted: ['downstream', 'upstream', 'both'],
  usual,
});

const affectedShare: QuantityAttribute = {
  kind: 'quantity',
  about: 'share of the connections that it befalls',
  unit: share,
  min: 0.0001,
  max: 1,
  usual: 1,
};

/** What slows a link slows the answers, as Toxiproxy does it. */
const answers = { direction: direction('downstream'), share: affectedShare };
/** A silent link is silent both ways. */
const bothWays = { direction: direction('both'), share: affectedShare };
/** It ends whole connections. */
const wholeConnections = { share: affectedShare };

const time = (about: string, usual?: number): QuantityAttribute => ({
  kind: 'quantity',
  about,
  unit: duration,
  min: 0,
  max: DAY_MS,
  ...(usual === undefined ? {} : { usual }),
});

const rate: QuantityAttribute = {
  kind: 'quantity',
  about: 'the limit',
  unit: bandwidth,
  min: 1,
  max: 10_737_418_240,
};

/** Of pieces: a read brings at most 64 KiB, so a larger one slices nothing. */
const PIECE_BYTES_MAX = 1_048_576;
/** A pebibyte: beyond anything that one connection carries. */
const BYTES_MAX = 1_125_899_906_842_624;

const size = (about: string, min: number, max: number, usual?: number): QuantityAttribute => ({
  kind: 'quantity',
  about,
  unit: bytes,
  min,
  max,
  ...(usual === undefined ? {} : { usual }),
});

const byteShare: QuantityAttribute = {
  kind: 'quantity',
  about: 'share of the bytes that are changed',
  unit: share,
  min: 0.000_001,
  max: 1,
  usual: 0.01,
};

/** `toxic:` of a scenario's link fault. */
export const linkFaultKinds = {
  latency: {
    about: 'Delays every byte.',
    attributes: {
      latency: time('the delay'),
      jitter: time('the delay varies by up to this much either way', 0),
      ...answers,
    },
  },
  bandwidth: {
    about: 'Passes no more than this many bytes a second.',
    attributes: { rate, ...answers },
  },
  slow_close: {
    about: 'Passes everything, and the end of a connection late.',
    attributes: { delay: time('how late'), ...answers },
  },
  timeout: {
    about: 'Passes nothing and keeps connections open; with a time, closes them after it.',
    attributes: { timeout: time('how long until connections are closed; 0ms never', 0), ...bothWays },
  },
  reset_peer: {
    about: 'Resets connections (TCP RST).',
    attributes: { timeout: time('how long a connection may live first', 0), ...wholeConnections },
  },
  slicer: {
    about: 'Passes data in small pieces.',
    attributes: {
      average_size: size('size of a piece', 1, PIECE_BYTES_MAX),
      size_variation: size('the size varies by up to this much either way', 0, PIECE_BYTES_MAX, 0),
      delay: time('the time between two pieces', 0),
      ...answers,
    },
  },
  limit_data: {
    about: 'Closes a connection once it has carried this much.',
    attributes: { bytes: size('how much', 0, BYTES_MAX), ...answers },
  },
  corrupt: {
    about: 'Changes some of the bytes.',
    attributes: { byte_share: byteShare, ...answers },
  },
  // A listener is closed for everybody: no share, and no direction.
  down: { about: 'Refuses new connections and closes those that are open.', attributes: {} },
  noop: { about: 'Changes nothing, and counts what passes.', attributes: { ...bothWays } },
} as const satisfies Record<string, FaultKind>;

export type LinkFaultName = keyof typeof linkFaultKinds;
