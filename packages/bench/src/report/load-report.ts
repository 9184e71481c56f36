import type { ClosedLoopResult } from '../load/closed-loop.ts';
import { type ConnectErrors, connectErrorLines } from '../load/connect-errors.ts';
import type { LedgerTotals } from '../load/ledger.ts';
import type { Outage } from '../measure/availability.ts';
import type { MergedLoad } from '../share/merge-shares.ts';
import type { LoadOrder } from '../share/share-task.ts';
import { describeEnvironment } from './environment.ts';
import { formatCount, formatMs, formatShare, formatSpan, plural } from './format.ts';
import { readQuantiles } from './read-quantiles.ts';
import type { Quantiles, ReportGenerator } from './report.ts';
import type { Style } from './style.ts';
import { outcomesText, quantilesText } from './terminal-words.ts';

/** What `stormcart load --json` prints. */
export interface LoadReport {
  readonly format: 'stormcart-load';
  readonly version: 1;
  readonly url: string;
  readonly ratePerSecond: number;
  readonly forMs: number;
  /** What else was asked for: two loads compare only where it is the same. */
  readonly plan: Pick<LoadOrder, 'arrivals' | 'seed' | 'timeoutMs' | 'maxInFlight'>;
  readonly ledger: LedgerTotals;
  /** Why requests found no connection, and how many each; absent when all found one. */
  readonly connectErrors?: ConnectErrors;
  readonly latency?: Quantiles;
  readonly latencyFromSend?: Quantiles;
  readonly availability: {
    readonly fraction?: number;
    readonly successFraction?: number;
    readonly sliceMs: number;
    readonly downMs: number;
    readonly outages: readonly Outage[];
  };
  readonly generator: ReportGenerator;
  /** The machine that asked for the load. */
  readonly environment: Readonly<Record<string, string | number>>;
  /** Where several processes made the load. */
  readonly shares?: LoadShares & {
    /** One sentence for each share whose figures are missing: then nothing above is whole. */
    readonly lost: readonly string[];
  };
}

/** Who made the load. */
export interface LoadShares {
  readonly kind: 'processes' | 'agents';
  readonly count: number;
}

export function loadReport(order: LoadOrder, merged: MergedLoad, shares?: LoadShares): LoadReport {
  const { figures, connectErrors, selfCheck, lost } = merged;
  const { ledger } = figures;
  const latency = readQuantiles((quantile) => figures.latencyMs(quantile));
  const latencyFromSend = readQuantiles((quantile) => figures.latencyFromSendMs(quantile));
  const fraction = figures.availability();
  return {
    format: 'stormcart-load',
    version: 1,
    url: order.url,
    ratePerSecond: order.perSecond,
    forMs: order.forMs,
    plan: {
      arrivals: order.arrivals,
      seed: order.seed,
      timeoutMs: order.timeoutMs,
      maxInFlight: order.maxInFlight,
    },
    ledger,
    ...(ledger.connectError === 0 ? {} : { connectErrors }),
    ...(latency === undefined ? {} : { latency }),
    ...(latencyFromSend === undefined ? {} : { latencyFromSend }),
    availability: {
      ...(fraction === undefined ? {} : { fraction }),
      ...(ledger.planned === 0 ? {} : { successFraction: ledger.ok / ledger.planned }),
      sliceMs: order.sliceMs,
      downMs: figures.downtimeMs(),
      outages: figures.outages(),
    },
    generator: selfCheck,
    environment: describeEnvironment([]),
    ...(shares === undefined ? {} : { shares: { ...shares, lost } }),
  };
}

export function loadSummary(report: LoadReport, style: Style): string {
  const { ledger, latency, latencyFromSend, availability, generator } = report;
  const lines = [
    `${plural(ledger.planned, 'request')} planned: ${outcomesText(ledger)}`,
    ...connectErrorLines(report.connectErrors ?? {}).map((line) => `no connection  ${line}`),
    ...(latency === undefined ? [] : [`latency       ${quantilesText(latency)}  from intended start`]),
    ...(latencyFromSend === undefined
      ? []
      : [`              ${quantilesText(latencyFromSend)}  from actual send`]),
    ...(availability.fraction === undefined
      ? []
      : [
          `availability  ${formatShare(availability.fraction)} (${formatSpan(availability.downMs)} down in slices of ${formatSpan(availability.sliceMs)})`,
        ]),
    ...availability.outages.map(
      ({ startMs, endMs }) => `outage        ${formatSpan(startMs)} to ${formatSpan(endMs)}`,
    ),
    ...(ledger.dropped === 0
      ? []
      : [
          style.warn(
            `${plural(ledger.dropped, 'request')} never sent: as many as may be were under way (--max-in-flight)`,
          ),
        ]),
    ...(report.shares?.lost ?? []).map((reason) => style.bad(`inconclusive: ${reason}`)),
    ...generator.reasons.map((reason) => style.warn(`generator saturated: ${reason}`)),
  ];
  return lines.join('\n');
}

export function closedLoopSummary(result: ClosedLoopResult): string {
  const { latencyMs } = result;
  return [
    `closed loop, ${plural(result.connections, 'connection')}: ${formatCount(result.perSecondMean)} answers/s (${plural(result.answered, 'answer')}, ${plural(result.errors, 'error')})`,
    `latency from actual send: p50 ${formatMs(latencyMs.p50)}, p90 ${formatMs(latencyMs.p90)}, p99 ${formatMs(latencyMs.p99)}, max ${formatMs(latencyMs.max)}`,
    'The load waits for the system, so stalls are under-counted; an open loop (--rate) measures latency and availability.',
  ].join('\n');
}
