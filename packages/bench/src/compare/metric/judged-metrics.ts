import { compareError } from '../compare-error.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { metricNamed } from './metric-named.ts';
import { comparedMetrics } from './table.ts';

/** A metric to judge, and from which change on it matters. */
export interface JudgedMetric {
  readonly metric: ComparedMetric;
  /** A fraction for ratios, else in the metric's unit. */
  readonly minEffect: number;
}

/**
 * What is judged: the metrics of these names (the usual ones when there are none), from these changes on. An effect is
 * `5%`, for every metric that is compared by ratio, or `p99=20%`, `success=1%`, `recovery=500ms` for one.
 * Throws BAD_COMPARISON.
 */
export function judgedMetrics(
  chosen: readonly string[],
  effects: readonly string[],
): readonly JudgedMetric[] {
  const metrics =
    chosen.length === 0 ? comparedMetrics.filter(({ isUsual }) => isUsual) : chosen.map(metricNamed);
  const asked = effects.map(parseEffect);
  const forAll = asked.filter(({ metric }) => metric === undefined);
  const forOne = asked.filter(({ metric }) => metric !== undefined);
  const minEffects = new Map<ComparedMetric, number>();
  // What is said of one metric outweighs what is said of all, in whatever order.
  for (const { metric, text } of [...forAll, ...forOne]) {
    const meant = metric === undefined ? comparedMetrics.filter(({ scale }) => scale === 'ratio') : [metric];
    for (const each of meant) minEffects.set(each, readEffect(each, text));
  }
  return [...new Set(metrics)].map((metric) => ({
    metric,
    minEffect: minEffects.get(metric) ?? metric.minEffect,
  }));
}

function parseEffect(given: string): { readonly metric: ComparedMetric | undefined; readonly text: string } {
  const [name = '', text] = given.split('=', 2);
  return text === undefined
    ? { metric: undefined, text: given.trim() }
    : { metric: metricNamed(name.trim()), text: text.trim() };
}

function readEffect({ name, effectUnit }: ComparedMetric, text: string): number {
  const value = effectUnit.parse(text);
  if (value !== undefined && value > 0) return value;
  throw compareError({
    kind: 'usage',
    code: 'BAD_COMPARISON',
    message: `${text} is no minimum effect for ${name}`,
    hint: `Write a ${effectUnit.name} above 0 with its unit, such as ${effectUnit.example}.`,
  });
}
