import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Histogram } from 'hdr-histogram-js';
import { createBucketCounts } from '../measure/bucket-counts.ts';
import { addConnectErrors, type ConnectErrors } from './connect-errors.ts';
import { createSlipHistogram, type GeneratorRecord, SLIP_US_MAX, slipFigures } from './generator-record.ts';

/** `monitorEventLoopDelay` samples with a timer of this period and reports period plus lag. */
const LAG_PERIOD_MS = 10;

/** Watches the generator while it works. */
export interface GeneratorWatch {
  /** An arrival was launched (or dropped for the system's sake). */
  launched(intendedMs: number, launchedMs: number): void;
  /** An arrival's first request, due at the arrival's intended start, was handed to a connection. */
  firstSent(intendedMs: number, sentMs: number): void;
  /** A connection could not be opened, and why. */
  couldNotConnect(reason: string): void;
  /** So far; undefined when none was sent. */
  slipMsP99(): number | undefined;
  /** Ends the watch. */
  close(): GeneratorRecord;
}

/** What connecting fails with when this machine has nothing left for it; the system never heard of it. */
const OWN_LIMIT = /\b(?:EMFILE|ENFILE|EADDRNOTAVAIL|ENOBUFS|ENOMEM)\b/;

export function watchGenerator(): GeneratorWatch {
  const slip = createSlipHistogram();
  const fresh = createBucketCounts(3);
  const slipNow = (): Histogram => {
    fresh.moveTo(slip);
    return slip;
  };
  const lag = monitorEventLoopDelay({ resolution: LAG_PERIOD_MS });
  const startedBusy = performance.eventLoopUtilization();
  let arrivals = 0;
  let unopenedCount = 0;
  let connectErrors: ConnectErrors = {};
  let firstIntendedMs = 0;
  let lastIntendedMs = 0;
  let lastLaunchedMs = 0;
  lag.enable();

  return {
    launched: (intendedMs, launchedMs) => {
      if (arrivals === 0) firstIntendedMs = intendedMs;
      arrivals += 1;
      lastIntendedMs = intendedMs;
      lastLaunchedMs = launchedMs;
    },
    firstSent: (intendedMs, sentMs) => {
      fresh.add(Math.min(Math.max(Math.round((sentMs - intendedMs) * 1_000), 0), SLIP_US_MAX));
    },
    couldNotConnect: (reason) => {
      if (OWN_LIMIT.test(reason)) unopenedCount += 1;
      connectErrors = addConnectErrors(connectErrors, { [reason]: 1 });
    },
    slipMsP99: () => slipFigures(slipNow()).slipMsP99,
    close: () => {
      lag.disable();
      return {
        slip: slipNow(),
        loopLagMsP99: lagMs(lag.percentile(99)),
        loopLagMsMax: lagMs(lag.max),
        loopBusyShare: performance.eventLoopUtilization(startedBusy).utilization,
        arrivals,
        firstIntendedMs,
        lastIntendedMs,
        lastLaunchedMs,
        unopenedCount,
        connectErrors,
      };
    },
  };
}

function lagMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - LAG_PERIOD_MS);
}
