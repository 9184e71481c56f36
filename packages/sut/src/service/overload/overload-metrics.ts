import { Counter, Gauge } from 'prom-client';
import { priorities } from '../../policy/shedding.ts';
import type { Metrics } from '../metrics.ts';
import type { Overload } from './overload.ts';

/** Shows what a process turns away and why; nothing where it turns nobody away. */
export function showOverload(metrics: Metrics, overload: Overload): void {
  if (overload.observe() === undefined) return;
  const registers = [metrics.registry];
  void new Gauge({
    name: 'stormcart_shed_level',
    help: 'Priorities turned away: 0 none, 1 browse, 2 cart too, 3 checkout too.',
    registers,
    collect() {
      this.set(overload.observe()?.level ?? 0);
    },
  });
  void new Gauge({
    name: 'stormcart_event_loop_lag_seconds',
    help: 'How late timers come, smoothed; one signal of the load shedding.',
    registers,
    collect() {
      this.set((overload.observe()?.lagMs ?? 0) / 1_000);
    },
  });
  void new Gauge({
    name: 'stormcart_requests_in_flight',
    help: 'Requests taken and not yet answered; the other signal.',
    registers,
    collect() {
      this.set(overload.observe()?.inFlight ?? 0);
    },
  });
  void new Counter({
    name: 'stormcart_requests_shed_total',
    help: 'Requests turned away before any work, by priority.',
    labelNames: ['priority'],
    registers,
    collect() {
      this.reset();
      for (const priority of priorities) {
        this.inc({ priority }, overload.observe()?.shedCounts[priority] ?? 0);
      }
    },
  });
  for (const bulkhead of overload.observe()?.bulkheads ?? []) metrics.showBulkhead(bulkhead);
}
