import type { SystemObservation } from '@stormcart/core';
import type { FigureFilter, Figures } from '../judge/figures.ts';
import { createLedger, type LedgerTotals } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import {
  availability,
  downtimeMs,
  type ErrorBudget,
  errorBudget,
  type Outage,
  outages,
  recoveryOf,
} from './availability.ts';
import { type BreakerHistory, createBreakers } from './breakers.ts';
import { createLatencyLog } from './latency-log.ts';
import { type FaultWindow, type PhaseTimeline, phaseMs } from './phase.ts';
import { createPhasedCells } from './phased-cells.ts';
import { createRequestTotals, type RequestTotal } from './request-totals.ts';
import { createSampleBatch } from './sample-batch.ts';
import { createSampleLog, type SampleLog } from './sample-log.ts';
import { createSeconds, type SecondRow } from './seconds.ts';
import { createSeries, type SeriesFigures } from './series.ts';
import { createSliceBook, type SliceBook, type SliceStates } from './slice-states.ts';
import { windowsOf } from './windows.ts';

/** Times are milliseconds since the load's start. */
export interface MeasurementOptions {
  /** The plan's length, warm-up included: the end of the measured time. */
  readonly totalMs: number;
  readonly warmupUntilMs: number;
  readonly sliceMs: number;
  /** A slice with a smaller success share than this is down: 0.95. */
  readonly downBelow: number;
  /** As planned. */
  readonly faults: readonly FaultWindow[];
  /** Keeps every request, which figures of windows need. */
  readonly keepsSamples?: boolean;
}

/** What a drill measures. Asking is possible at any time and settles what was undecided until then. */
export interface Measurement extends Figures {
  add(sample: Sample): void;
  observe(observation: SystemObservation, atMs: number): void;
  /** One more than was planned at the start, and not before now. */
  faultPlanned(fault: FaultWindow): void;
  /** The fault is on from here, whatever was planned. */
  faultApplied(id: string, atMs: number): void;
  faultReverted(id: string, atMs: number): void;
  /**
   * The load ended early: no time is measured after this. Until it is called, measured time ends with
   * the slice of the latest request that has ended, at the plan's end at the latest.
   */
  endAt(atMs: number): void;

  /** All requests, warm-up included. */
  ledger(): LedgerTotals;
  /** As `latencyMs`, from the actual send. */
  latencyFromSendMs(quantile: number | 'max' | 'mean', filter: FigureFilter): number | undefined;
  slices(): SliceStates;
  outages(): readonly Outage[];
  downtimeMs(): number;
  errorBudget(objective: number): ErrorBudget;
  /** With the actual times, as far as they are known. */
  faultWindows(): readonly FaultWindow[];
  /** From this moment on; all of them when absent. */
  seconds(fromMs?: number): readonly SecondRow[];
  /**
   * The figures so far, for somebody who looks on: asking settles nothing, so that the final ones stay exact. What waits
   * for news of a fault is left out, and windows are not told of.
   */
  readonly sofar: Figures;
  /** The whole run in a bounded number of steps. */
  series(): SeriesFigures;
  /** For metrics systems: reading it while the drill runs settles nothing. */
  requestTotals(): readonly RequestTotal[];
  breakers(): readonly BreakerHistory[];
  /** `latency.hlog`, one interval per second. No sample may be added afterwards. */
  latencyLog(startedWallMs: number): string;
}

export function createMeasurement(options: MeasurementOptions): Measurement {
  const { totalMs, warmupUntilMs, faults } = options;
  const ledger = createLedger();
  const cells = createPhasedCells({ warmupUntilMs, endMs: totalMs, faults });
  const states = createSliceBook(options);
  const latencyLog = createLatencyLog();
  const seconds = createSeconds((startMs, latency) => latencyLog.add(startMs, startMs + 1_000, latency));
  const series = createSeries(totalMs);
  const requestTotals = createRequestTotals();
  const breakers = createBreakers();
  const sampleLog = options.keepsSamples === true ? createSampleLog() : undefined;
  const windowed = windowedFigures(options, sampleLog);
  const batch = createSampleBatch((samples) => {
    for (const { outcome } of samples) {
      ledger.plan();
      ledger.end(outcome);
    }
    // Table by table: each stays in the processor's caches for as long as it is used.
    for (const table of [states, seconds, series, requestTotals, sampleLog, cells]) {
      if (table !== undefined) for (const sample of samples) table.add(sample);
    }
  });
  /** Whatever is asked is asked of everything that was told until then. */
  const told = <Table>(table: Table): Table => {
    batch.settle();
    return table;
  };
  const timeline = (): PhaseTimeline => told(cells).timeline();
  const faultWindows = (): readonly FaultWindow[] => timeline().faults;
  const shared = {
    ...downFigures(() => told(states), faultWindows),
    measuredMs: ({ during }: FigureFilter) => phaseMs(timeline(), during, states.untilMs()),
    breaker: (name: string) => breakers.figures(name),
  };
  return {
    sofar: {
      ...shared,
      latencyMs: (quantile, filter) =>
        told(cells).decided().latency('fromIntended', filter).valueMs(quantile),
      count: (outcome, filter) => told(cells).decided().count(outcome, filter),
      windows: () => undefined,
    },
    ...shared,
    add: (sample) => batch.add(sample),
    observe: (observation, atMs) => breakers.observe(observation, atMs),
    // What was told before the news is booked by what was known then.
    faultPlanned: (fault) => told(cells).faultPlanned(fault),
    faultApplied: (id, atMs) => told(cells).faultApplied(id, atMs),
    faultReverted: (id, atMs) => told(cells).faultReverted(id, atMs),
    endAt: (atMs) => told(states).endAt(atMs),
    ledger: () => told(ledger).totals(),
    latencyMs: (quantile, filter) => told(cells).settled().latency('fromIntended', filter).valueMs(quantile),
    latencyFromSendMs: (quantile, filter) =>
      told(cells).settled().latency('fromSend', filter).valueMs(quantile),
    count: (outcome, filter) => told(cells).settled().count(outcome, filter),
    faultWindows,
    windows: (windowMs) => told(windowed)(windowMs, states.untilMs(), timeline()),
    seconds: (fromMs) => told(seconds).rows(fromMs),
    series: () => told(series).figures(),
    requestTotals: () => told(requestTotals).read(),
    breakers: () => breakers.histories(),
    latencyLog: (startedWallMs) => {
      told(seconds).close();
      return latencyLog.text(startedWallMs);
    },
  };
}

/** What follows from which slices are up. */
function downFigures(
  states: () => SliceBook,
  faultWindows: () => readonly FaultWindow[],
): Pick<
  Measurement,
  'availability' | 'longestOutageMs' | 'recoveryMs' | 'slices' | 'outages' | 'downtimeMs' | 'errorBudget'
> {
  const outagesNow = (): readonly Outage[] => {
    const now = states().now();
    return outages(now, now.up, faultWindows());
  };
  return {
    availability: () => {
      const now = states().now();
      return availability(now, now.up);
    },
    longestOutageMs: () =>
      states().now().up.length === 0
        ? undefined
        : outagesNow().reduce((longest, { startMs, endMs }) => Math.max(longest, endMs - startMs), 0),
    recoveryMs: (faultId) => {
      const fault = faultWindows().find(({ id }) => id === faultId);
      const now = states().now();
      return fault && recoveryOf(fault, now, now.up, faultWindows());
    },
    slices: () => states().now(),
    outages: outagesNow,
    downtimeMs: () => {
      const now = states().now();
      return downtimeMs(now, now.up);
    },
    errorBudget: (objective) => {
      const now = states().now();
      return errorBudget(now, now.up, objective);
    },
  };
}

function windowedFigures({ sliceMs, warmupUntilMs }: MeasurementOptions, log: SampleLog | undefined) {
  return (windowMs: number, endMs: number, timeline: PhaseTimeline): ReturnType<Figures['windows']> => {
    const samples = log?.inOrder();
    if (samples === undefined) return undefined;
    return windowsOf({ windowMs, sliceMs, startMs: warmupUntilMs, endMs, timeline, samples });
  };
}
