import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Policy } from '../policy/policy.ts';

/** Seconds: fine where a healthy answer lies (1–100 ms), coarse up to the longest bound there is (5 s). */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 1, 2.5, 5, 10];

export interface Metrics {
  readonly registry: Registry;
  /** `route` is the pattern, never the path: the number of series stays small. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  /** Shows a policy's breaker; one without a breaker shows nothing. */
  showBreaker(policy: Policy): void;
}

const STATE_VALUES = { closed: 0, open: 1, halfOpen: 2 } as const;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'stormcart_http_request_duration_seconds',
    help: 'Time from the request read to the answer written, by route pattern.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  return {
    registry,
    observeRequest: (route, method, status, seconds) => {
      requests.observe({ route, method, status }, seconds);
    },
    showBreaker: (policy) => {
      if (policy.observe() !== undefined) showBreaker(registry, policy);
    },
  };
}

function showBreaker(registry: Registry, policy: Policy): void {
  const labels = { name: policy.name };
  const registers = [registry];
  void new Gauge({
    name: 'stormcart_breaker_state',
    help: '0 closed, 1 open, 2 half-open.',
    labelNames: ['name'],
    registers,
    collect() {
      const seen = policy.observe();
      if (seen !== undefined) this.set(labels, STATE_VALUES[seen.state]);
    },
  });
  // The policy owns the totals; a scrape copies them, and a counter is set by starting over.
  void new Counter({
    name: 'stormcart_breaker_opened_total',
    help: 'How often the breaker opened.',
    labelNames: ['name'],
    registers,
    collect() {
      this.reset();
      this.inc(labels, policy.observe()?.openedCount ?? 0);
    },
  });
  void new Counter({
    name: 'stormcart_breaker_refused_total',
    help: 'Calls refused without being tried.',
    labelNames: ['name'],
    registers,
    collect() {
      this.reset();
      this.inc(labels, policy.observe()?.refusedCount ?? 0);
    },
  });
}
