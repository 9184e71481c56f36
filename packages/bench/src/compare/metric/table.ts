import { availability } from './availability.ts';
import type { ComparedMetric } from './compared-metric.ts';
import { cpu } from './cpu.ts';
import { max, p50, p90, p99 } from './latency.ts';
import { recovery } from './recovery.ts';
import { slip } from './slip.ts';
import { success } from './success.ts';
import { throughput } from './throughput.ts';

/** Every metric that a comparison can judge, in the order of its table. */
export const comparedMetrics: readonly ComparedMetric[] = [
  p50,
  p90,
  p99,
  max,
  success,
  availability,
  recovery,
  throughput,
  cpu,
  slip,
];
