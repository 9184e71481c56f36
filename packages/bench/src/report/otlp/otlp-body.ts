import type { HistogramPoint, MetricFamily, NumberPoint } from '../metrics/family.ts';

export interface OtlpMoment {
  /** The load's start: totals count from here. */
  readonly startWallMs: number;
  readonly nowWallMs: number;
}

/** `AGGREGATION_TEMPORALITY_CUMULATIVE`: a lost export costs resolution, never a count. */
const CUMULATIVE = 2;

/** An ExportMetricsServiceRequest as JSON (opentelemetry-proto 1.3): 64-bit integers are texts there. */
export function otlpBody(
  families: readonly MetricFamily[],
  resource: Readonly<Record<string, string>>,
  moment: OtlpMoment,
): string {
  const metrics = families
    .filter(({ data }) => data.points.length > 0)
    .map((family) => ({
      name: family.name,
      description: family.help,
      unit: family.unit,
      ...dataOf(family.data, moment),
    }));
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [{ scope: { name: 'stormcart' }, metrics }],
      },
    ],
  });
}

function dataOf(data: MetricFamily['data'], moment: OtlpMoment): Readonly<Record<string, unknown>> {
  switch (data.kind) {
    case 'gauge':
      return { gauge: { dataPoints: data.points.map((point) => numberPoint(point, moment)) } };
    case 'counter':
      return {
        sum: {
          aggregationTemporality: CUMULATIVE,
          isMonotonic: true,
          dataPoints: data.points.map((point) => numberPoint(point, moment)),
        },
      };
    case 'histogram':
      return {
        histogram: {
          aggregationTemporality: CUMULATIVE,
          dataPoints: data.points.map((point) => histogramPoint(point, data.bounds, moment)),
        },
      };
  }
}

function numberPoint({ labels, value }: NumberPoint, moment: OtlpMoment): unknown {
  return { attributes: attributes(labels), ...times(moment), asDouble: value };
}

function histogramPoint(
  { labels, counts, count, sum }: HistogramPoint,
  bounds: readonly number[],
  moment: OtlpMoment,
): unknown {
  return {
    attributes: attributes(labels),
    ...times(moment),
    count: String(count),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  };
}

function times({ startWallMs, nowWallMs }: OtlpMoment): Readonly<Record<string, string>> {
  return { startTimeUnixNano: nanoseconds(startWallMs), timeUnixNano: nanoseconds(nowWallMs) };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributes(labels: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
