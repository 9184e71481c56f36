import type { RequestOutcome } from '@stormcart/core';
import { noOutcomes } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency.ts';

/** The requests whose intended start lies in one second. */
export interface SecondRow {
  readonly startMs: number;
  readonly planned: number;
  readonly outcomes: Readonly<Record<RequestOutcome, number>>;
  /** From the intended start; undefined when nothing was sent. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly maxMs: number | undefined;
}

export interface Seconds {
  add(sample: Sample): void;
  /** Every second from this moment, or from 0, to the last one with a request. */
  rows(fromMs?: number): readonly SecondRow[];
  /** Sums up what is still open, as if no more came. */
  close(): void;
}

interface Second {
  planned: number;
  readonly outcomes: Record<RequestOutcome, number>;
  /** Present while samples may still come in. */
  latency: LatencyHistogram | undefined;
  quantiles: Pick<SecondRow, 'p50Ms' | 'p99Ms' | 'maxMs'>;
}

const SECOND_MS = 1_000;
/**
 * A second keeps its histogram for this long, over any sensible timeout, and then only its quantiles;
 * 60 histograms of about 45 KiB are the bound. A later sample is counted, but moves no quantile.
 */
const OPEN_SECONDS = 60;
const NO_QUANTILES = { p50Ms: undefined, p99Ms: undefined, maxMs: undefined };

/** `onClosed` gets each second's histogram once, in order, before it is reused. */
export function createSeconds(onClosed: (startMs: number, latency: LatencyHistogram) => void): Seconds {
  const seconds: Second[] = [];
  const spare: LatencyHistogram[] = [];
  let firstOpen = 0;

  const closeUntil = (place: number): void => {
    for (; firstOpen < Math.min(place, seconds.length); firstOpen += 1) {
      const second = seconds[firstOpen];
      if (second?.latency === undefined) continue;
      second.quantiles = quantilesOf(second.latency);
      onClosed(firstOpen * SECOND_MS, second.latency);
      second.latency.reset();
      spare.push(second.latency);
      second.latency = undefined;
    }
  };
  const secondAt = (place: number): Second => {
    while (seconds.length <= place) {
      closeUntil(seconds.length - OPEN_SECONDS);
      const latency = spare.pop() ?? createLatencyHistogram();
      seconds.push({ planned: 0, outcomes: noOutcomes(), latency, quantiles: NO_QUANTILES });
    }
    return seconds[place] as Second;
  };

  return {
    add: ({ intendedMs, endedMs, outcome }) => {
      const second = secondAt(Math.max(0, Math.floor(intendedMs / SECOND_MS)));
      second.planned += 1;
      second.outcomes[outcome] += 1;
      if (outcome !== 'dropped') second.latency?.record(endedMs - intendedMs);
    },
    rows: (fromMs = 0) => {
      const first = Math.max(0, Math.floor(fromMs / SECOND_MS));
      return seconds.slice(first).map(({ planned, outcomes, latency, quantiles }, place) => ({
        startMs: (first + place) * SECOND_MS,
        planned,
        outcomes: { ...outcomes },
        ...(latency === undefined ? quantiles : quantilesOf(latency)),
      }));
    },
    close: () => closeUntil(seconds.length),
  };
}

function quantilesOf(latency: LatencyHistogram): Pick<SecondRow, 'p50Ms' | 'p99Ms' | 'maxMs'> {
  return { p50Ms: latency.valueMs(0.5), p99Ms: latency.valueMs(0.99), maxMs: latency.valueMs('max') };
}
