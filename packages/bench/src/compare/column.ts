import type { MetricValue } from './metric/compared-metric.ts';
import type { JudgedMetric } from './metric/judged-metrics.ts';
import type { MeasuredRun } from './run/measured-run.ts';
import type { Observation } from './statistic/simultaneous-intervals.ts';

/** All values of one metric, or of one fault's recovery, in the order of the runs. */
export interface Column extends JudgedMetric {
  /** `p99`, `recovery{fault=hole}`. */
  readonly name: string;
  readonly base: readonly (MetricValue | undefined)[];
  readonly head: readonly (MetricValue | undefined)[];
}

type Values = Column['base'];

/** One column, or one per fault that any run tells of. */
export function columnsOf(
  judged: JudgedMetric,
  base: readonly MeasuredRun[],
  head: readonly MeasuredRun[],
): readonly Column[] {
  const { metric } = judged;
  const [here, there] = [base, head].map((runs) => runs.map(({ figures }) => metric.read(figures)));
  const labels = new Set([...(here ?? []), ...(there ?? [])].flatMap((values) => [...values.keys()]));
  return [...labels].map((label) => ({
    ...judged,
    name: label === '' ? metric.name : `${metric.name}{fault=${label}}`,
    base: here?.map((values) => values.get(label)) ?? [],
    head: there?.map((values) => values.get(label)) ?? [],
  }));
}

/** How many runs have no value that could be compared on the metric's scale. */
export function missingCount({ metric, base, head }: Column): number {
  return [...base, ...head].filter(
    (found) => found === undefined || (metric.scale === 'ratio' && found.value <= 0),
  ).length;
}

/** The values on the scale on which they are compared: logarithms for ratios. None may be missing. */
export function observationOf({ metric, base, head }: Column, isPaired: boolean): Observation {
  const isRatio = metric.scale === 'ratio';
  const scaled = (values: Values): readonly number[] =>
    values.map((found) => (isRatio ? Math.log(found?.value ?? 1) : (found?.value ?? 0)));
  const [here, there] = [scaled(base), scaled(head)];
  const resolutions = [...base, ...head].map((found) => {
    if (found === undefined) return 0;
    return isRatio ? found.resolution / found.value : found.resolution;
  });
  const resolution = Math.max(...resolutions);
  return isPaired
    ? { head: there.map((value, place) => value - (here[place] ?? 0)), resolution }
    : { base: here, head: there, resolution };
}

export function medianOf(values: Values): number | undefined {
  const sorted = values
    .flatMap((found) => (found === undefined ? [] : [found.value]))
    .toSorted((left, right) => left - right);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
