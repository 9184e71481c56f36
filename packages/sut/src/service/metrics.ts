import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Bulkhead } from '../policy/bulkhead.ts';
import type { Policy } from '../policy/policy.ts';
import { createBreakerMetrics } from './breaker-metrics.ts';
import { createBulkheadMetrics } from './bulkhead-metrics.ts';
import type { LineBuffer } from './logging/line-buffer.ts';
import { showOperations } from './logging/operation-metrics.ts';

/** Seconds: fine where a healthy answer lies (1–100 ms), coarse up to the longest bound there is (5 s). */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 1, 2.5, 5, 10];

export interface Metrics {
  readonly registry: Registry;
  /** `route` is the pattern, never the path: the number of series stays small. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  showLog(log: Pick<LineBuffer, 'droppedCount'>): void;
  /** Shows a policy's breaker; one without a breaker shows nothing. */
  showBreaker(policy: Policy): void;
  showBulkhead(bulkhead: Bulkhead): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Names of OpenTelemetry's semantic conventions (1.27 and later), as Prometheus spells them.
  const requests = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request read to the answer written, by route pattern.',
    labelNames: ['http_route', 'http_request_method', 'http_response_status_code'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  showOperations(registry, BUCKETS_SECONDS);
  return {
    registry,
    observeRequest: (route, method, status, seconds) => {
      const labels = { http_route: route, http_request_method: method, http_response_status_code: status };
      requests.observe(labels, seconds);
    },
    showLog: (log) => {
      void new Counter({
        name: 'stormcart_log_dropped_total',
        help: 'Log lines that found no room while standard output stalled.',
        registers: [registry],
        collect() {
          this.reset();
          this.inc(log.droppedCount());
        },
      });
    },
    showBreaker: createBreakerMetrics(registry),
    showBulkhead: createBulkheadMetrics(registry),
  };
}
