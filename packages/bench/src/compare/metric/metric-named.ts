import { suggest } from '../../scenario/suggest.ts';
import { compareError } from '../compare-error.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { comparedMetrics } from './table.ts';

const names = comparedMetrics.map(({ name }) => name);

/** The metric of this name, or of a row such as `recovery{fault=hole}`. Throws BAD_COMPARISON, with what was meant. */
export function metricNamed(given: string): ComparedMetric {
  const name = given.replace(/\{.*$/, '');
  const metric = comparedMetrics.find((each) => each.name === name);
  if (metric !== undefined) return metric;
  const close = suggest(name, names);
  throw compareError({
    kind: 'usage',
    code: 'BAD_COMPARISON',
    message: `there is no metric ${name}${close === undefined ? '' : `; did you mean ${close}?`}`,
    hint: `There are: ${names.join(', ')}.`,
  });
}
