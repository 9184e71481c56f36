import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { build } from 'hdr-histogram-js';
import type { GeneratorFigures } from './self-check.ts';

/** `monitorEventLoopDelay` samples with a timer of this period and reports period plus lag. */
const LAG_PERIOD_MS = 10;

/** Watches the generator while it works. */
export interface GeneratorWatch {
  /** An arrival was launched (or dropped for the system's sake). */
  launched(intendedMs: number, launchedMs: number): void;
  /** An arrival's first request, due at the arrival's intended start, was handed to a connection. */
  firstSent(intendedMs: number, sentMs: number): void;
  /** The machine had nothing left to open a connection with. */
  couldNotOpen(): void;
  /** So far; undefined when none was sent. */
  slipMsP99(): number | undefined;
  /** Ends the watch. */
  close(): GeneratorFigures;
}

export function watchGenerator(): GeneratorWatch {
  // Slip in µs, up to a minute; a later arrival is at the limit.
  const slip = build({
    highestTrackableValue: 60_000_000,
    autoResize: false,
    numberOfSignificantValueDigits: 3,
  });
  const lag = monitorEventLoopDelay({ resolution: LAG_PERIOD_MS });
  const startedBusy = performance.eventLoopUtilization();
  let launchedCount = 0;
  let unopenedCount = 0;
  let firstIntendedMs = 0;
  let lastIntendedMs = 0;
  let lastLaunchedMs = 0;
  lag.enable();

  return {
    launched: (intendedMs, launchedMs) => {
      if (launchedCount === 0) firstIntendedMs = intendedMs;
      launchedCount += 1;
      lastIntendedMs = intendedMs;
      lastLaunchedMs = launchedMs;
    },
    firstSent: (intendedMs, sentMs) => {
      slip.recordValue(Math.min(Math.max(Math.round((sentMs - intendedMs) * 1_000), 0), 60_000_000));
    },
    couldNotOpen: () => {
      unopenedCount += 1;
    },
    slipMsP99: () => slipFigures(slip).slipMsP99,
    close: () => {
      lag.disable();
      const perSecond = (spanMs: number): number | undefined =>
        launchedCount > 1 && spanMs > 0 ? (launchedCount / spanMs) * 1_000 : undefined;
      return {
        ...slipFigures(slip),
        loopLagMsP99: lagMs(lag.percentile(99)),
        loopLagMsMax: lagMs(lag.max),
        loopBusyShare: performance.eventLoopUtilization(startedBusy).utilization,
        arrivals: launchedCount,
        ...(unopenedCount === 0 ? {} : { unopenedCount }),
        plannedPerSecond: perSecond(lastIntendedMs - firstIntendedMs),
        achievedPerSecond: perSecond(lastLaunchedMs - firstIntendedMs),
      };
    },
  };
}

function slipFigures(
  slip: ReturnType<typeof build>,
): Pick<GeneratorFigures, 'slipMsP50' | 'slipMsP99' | 'slipMsMax'> {
  if (slip.totalCount === 0) return { slipMsP50: undefined, slipMsP99: undefined, slipMsMax: undefined };
  return {
    slipMsP50: slip.getValueAtPercentile(50) / 1_000,
    slipMsP99: slip.getValueAtPercentile(99) / 1_000,
    slipMsMax: slip.maxValue / 1_000,
  };
}

function lagMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - LAG_PERIOD_MS);
}
