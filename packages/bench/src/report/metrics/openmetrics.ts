import { type Metric, Registry } from 'prom-client';
import type { HistogramPoint, MetricFamily } from './family.ts';

/** What an OpenMetrics text is served as. */
export const OPENMETRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE;

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

/** The families as OpenMetrics 1.0 text; each value bears the scenario's name, too. */
export async function openMetricsText(families: readonly MetricFamily[], scenario: string): Promise<string> {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  for (const family of families) {
    const name = exposedName(family);
    const values = valuesOf(name, family).map((value) => ({
      ...value,
      labels: { ...exposedLabels(value.labels), scenario },
    }));
    if (values.length === 0) continue;
    const { help, data } = family;
    const metric = {
      name,
      help,
      type: data.kind,
      get: async () => ({ name, help, type: data.kind, values }),
    };
    // The registry asks no more of a metric than this, though its type does.
    registry.registerMetric(metric as unknown as Metric);
  }
  return registry.metrics();
}

/** As OpenTelemetry maps names to Prometheus: underscores, and the unit behind the name. The client adds `_total`. */
function exposedName({ name, unit }: MetricFamily): string {
  const suffixes: Readonly<Record<string, string>> = {
    s: '_seconds',
    '1': '_ratio',
    '{journey}/s': '_per_second',
  };
  return `${name.replaceAll('.', '_')}${suffixes[unit] ?? ''}`;
}

function exposedLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name.replaceAll('.', '_'), value]),
  );
}

function valuesOf(name: string, { data }: MetricFamily): readonly Value[] {
  switch (data.kind) {
    case 'counter':
    case 'gauge':
      return data.points;
    case 'histogram':
      return data.points.flatMap((point) => histogramValues(name, data.bounds, point));
  }
}

function histogramValues(name: string, bounds: readonly number[], point: HistogramPoint): readonly Value[] {
  const { labels, counts, count, sum } = point;
  let upTo = 0;
  return [
    ...[...bounds.map(String), '+Inf'].map((le, place) => {
      upTo += counts[place] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: upTo };
    }),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
