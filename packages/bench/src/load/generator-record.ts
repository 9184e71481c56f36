import { build, type Histogram } from 'hdr-histogram-js';
import { addConnectErrors, type ConnectErrors } from './connect-errors.ts';
import type { GeneratorFigures } from './self-check.ts';

/** What was seen of a generator while it worked; records of several add up. Times are milliseconds since zero. */
export interface GeneratorRecord {
  /** In µs. */
  readonly slip: Histogram;
  readonly loopLagMsP99: number;
  readonly loopLagMsMax: number;
  readonly loopBusyShare: number;
  readonly arrivals: number;
  /** Connections that the machine had nothing left to open with. */
  readonly unopenedCount: number;
  readonly connectErrors: ConnectErrors;
  /** These three are 0 without arrivals. */
  readonly firstIntendedMs: number;
  readonly lastIntendedMs: number;
  readonly lastLaunchedMs: number;
}

/** Slip in µs, up to a minute; a later arrival is at the limit. */
export const SLIP_US_MAX = 60_000_000;

export function createSlipHistogram(): Histogram {
  return build({ highestTrackableValue: SLIP_US_MAX, autoResize: false, numberOfSignificantValueDigits: 3 });
}

export function generatorFigures(record: GeneratorRecord): GeneratorFigures {
  const { arrivals, firstIntendedMs, lastIntendedMs, lastLaunchedMs } = record;
  const perSecond = (spanMs: number): number | undefined =>
    arrivals > 1 && spanMs > 0 ? (arrivals / spanMs) * 1_000 : undefined;
  return {
    ...slipFigures(record.slip),
    loopLagMsP99: record.loopLagMsP99,
    loopLagMsMax: record.loopLagMsMax,
    loopBusyShare: record.loopBusyShare,
    arrivals,
    ...(record.unopenedCount === 0 ? {} : { unopenedCount: record.unopenedCount }),
    plannedPerSecond: perSecond(lastIntendedMs - firstIntendedMs),
    achievedPerSecond: perSecond(lastLaunchedMs - firstIntendedMs),
  };
}

/** Several generators with one plan as if they were one. Each has its own event loop: the worst of them counts. */
export function mergeGenerators(records: readonly GeneratorRecord[]): GeneratorRecord {
  const slip = createSlipHistogram();
  for (const record of records) slip.add(record.slip);
  const worst = (read: (record: GeneratorRecord) => number): number => Math.max(0, ...records.map(read));
  const busy = records.filter(({ arrivals }) => arrivals > 0);
  return {
    slip,
    loopLagMsP99: worst((record) => record.loopLagMsP99),
    loopLagMsMax: worst((record) => record.loopLagMsMax),
    loopBusyShare: worst((record) => record.loopBusyShare),
    arrivals: records.reduce((sum, { arrivals }) => sum + arrivals, 0),
    unopenedCount: records.reduce((sum, { unopenedCount }) => sum + unopenedCount, 0),
    connectErrors: records.reduce<ConnectErrors>(
      (sum, record) => addConnectErrors(sum, record.connectErrors),
      {},
    ),
    firstIntendedMs: busy.length === 0 ? 0 : Math.min(...busy.map((record) => record.firstIntendedMs)),
    lastIntendedMs: worst((record) => record.lastIntendedMs),
    lastLaunchedMs: worst((record) => record.lastLaunchedMs),
  };
}

export function slipFigures(
  slip: Histogram,
): Pick<GeneratorFigures, 'slipMsP50' | 'slipMsP99' | 'slipMsMax'> {
  if (slip.totalCount === 0) return { slipMsP50: undefined, slipMsP99: undefined, slipMsMax: undefined };
  return {
    slipMsP50: slip.getValueAtPercentile(50) / 1_000,
    slipMsP99: slip.getValueAtPercentile(99) / 1_000,
    slipMsMax: slip.maxValue / 1_000,
  };
}
