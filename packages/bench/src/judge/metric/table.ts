import { availability } from './availability.ts';
import { breaker } from './breaker.ts';
import { count } from './count.ts';
import { latencies } from './latency.ts';
import type { Metric } from './metric.ts';
import { outage } from './outage.ts';
import { rate } from './rate.ts';
import { recovery } from './recovery.ts';
import { dropped, rejected } from './shed.ts';
import { success } from './success.ts';

/** Every figure that a gate can ask for; a new kind is a file beside these and a line here. */
export const metrics: readonly Metric[] = [
  availability,
  success,
  ...latencies,
  rate,
  count,
  rejected,
  dropped,
  recovery,
  outage,
  breaker,
];

export function metricNamed(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}
