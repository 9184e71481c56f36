import type { RequestOutcome } from '@stormcart/core';
import type { Sample } from '../load/sample.ts';

/** What is kept of one request for figures of a stretch of time. */
export interface LoggedSample {
  readonly journey: string;
  readonly route: string;
  readonly outcome: RequestOutcome;
  readonly intendedMs: number;
  /** From the intended start; meaningless where nothing was sent. */
  readonly latencyMs: number;
}

/** Every request, small, in any order; for questions that a sum cannot answer. */
export interface SampleLog {
  add(sample: Sample): void;
  /** In order of intended start; undefined when there were more than are kept. */
  inOrder(): readonly LoggedSample[] | undefined;
}

/** 5 million take 510 MiB of heap (adding so many with Node 26.10): over an hour at 1,000 requests a second. */
const KEPT_MAX = 5_000_000;

export function createSampleLog(keptMax = KEPT_MAX): SampleLog {
  let samples: LoggedSample[] = [];
  let isOverflowing = false;
  let isSorted = true;
  return {
    add: ({ journey, route, outcome, intendedMs, endedMs }) => {
      if (isOverflowing) return;
      if (samples.length >= keptMax) {
        isOverflowing = true;
        samples = [];
        return;
      }
      isSorted = false;
      samples.push({ journey, route, outcome, intendedMs, latencyMs: endedMs - intendedMs });
    },
    inOrder: () => {
      if (isOverflowing) return undefined;
      if (!isSorted) samples.sort((left, right) => left.intendedMs - right.intendedMs);
      isSorted = true;
      return samples;
    },
  };
}
