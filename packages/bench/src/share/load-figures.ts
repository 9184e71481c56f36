import { createLedger, type LedgerTotals, REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { availability, downtimeMs, type Outage, outages } from '../measure/availability.ts';
import { createLatencyHistogram } from '../measure/latency.ts';
import { addEncodedLatency, encodeLatency } from '../measure/latency-code.ts';
import { createSliceBook } from '../measure/slice-states.ts';
import { sliceCount } from '../measure/slices.ts';
import { type EncodedFigures, packSlices, unpackSlices } from './encoded-figures.ts';
import { shareError } from './share-error.ts';

/** What `stormcart load` tells. */
export interface LoadFigures {
  readonly ledger: LedgerTotals;
  latencyMs(quantile: number | 'max'): number | undefined;
  latencyFromSendMs(quantile: number | 'max'): number | undefined;
  availability(): number | undefined;
  downtimeMs(): number;
  outages(): readonly Outage[];
}

/** Figures that several processes collect apart and that add up exactly. */
export interface LoadTally extends LoadFigures {
  add(sample: Sample): void;
  /** The load ended early: no time is measured after this. */
  endAt(atMs: number): void;
  encode(): EncodedFigures;
  /** Throws BAD_SHARE where they do not fit: another length or slice, or books that do not balance. */
  merge(figures: EncodedFigures): void;
}

export interface LoadTallyOptions {
  readonly totalMs: number;
  readonly sliceMs: number;
}

/** As scenarios have it when they say nothing. */
const USUAL_DOWN_BELOW = 0.95;

export function createLoadTally({ totalMs, sliceMs }: LoadTallyOptions): LoadTally {
  const ledger = createLedger();
  const [fromIntended, fromSend] = [createLatencyHistogram(), createLatencyHistogram()];
  const slices = createSliceBook({ totalMs, warmupUntilMs: 0, sliceMs, downBelow: USUAL_DOWN_BELOW });
  return {
    get ledger() {
      return ledger.totals();
    },
    latencyMs: (quantile) => fromIntended.valueMs(quantile),
    latencyFromSendMs: (quantile) => fromSend.valueMs(quantile),
    availability: () => {
      const now = slices.now();
      return availability(now, now.up);
    },
    downtimeMs: () => {
      const now = slices.now();
      return downtimeMs(now, now.up);
    },
    outages: () => {
      const now = slices.now();
      return outages(now, now.up, []);
    },
    add: (sample) => {
      ledger.plan();
      ledger.end(sample.outcome);
      slices.add(sample);
      // A dropped request never waited for anything.
      if (sample.outcome === 'dropped') return;
      fromIntended.record(sample.endedMs - sample.intendedMs);
      if (sample.sentMs !== undefined) fromSend.record(sample.endedMs - sample.sentMs);
    },
    endAt: (atMs) => slices.endAt(atMs),
    encode: () => ({
      ledger: ledger.totals(),
      latency: encodeLatency(fromIntended),
      latencyFromSend: encodeLatency(fromSend),
      slices: packSlices(slices.counts()),
      latestIntendedMs: Math.max(0, slices.latestIntendedMs()),
    }),
    merge: (figures) => {
      const before = fromIntended.count;
      const counts = unpackSlices(figures.slices, sliceCount(0, totalMs, sliceMs));
      addEncodedLatency(fromIntended, figures.latency);
      addEncodedLatency(fromSend, figures.latencyFromSend);
      assertConsistent(figures.ledger, fromIntended.count - before);
      ledger.merge(figures.ledger);
      if (figures.ledger.planned > 0) slices.merge(counts, figures.latestIntendedMs);
    },
  };
}

/** Every request has one outcome, and every one that was not dropped has one latency. */
function assertConsistent(ledger: LedgerTotals, latencies: number): void {
  const outcomes = REQUEST_OUTCOMES.reduce((sum, outcome) => sum + ledger[outcome], 0);
  if (outcomes === ledger.planned && latencies === ledger.planned - ledger.dropped) return;
  throw shareError({
    kind: 'internal',
    code: 'BAD_SHARE',
    message: `a share's figures contradict each other: ${ledger.planned} requests planned, ${outcomes} outcomes, ${ledger.dropped} of them dropped, ${latencies} latencies`,
  });
}
