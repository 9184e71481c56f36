import { Counter, Gauge, type Registry } from 'prom-client';
import { priorities } from '../../policy/shedding.ts';
import type { Overload } from './overload.ts';

/** Shows what a process turns away and why; nothing where it turns nobody away. */
export function showOverload(registry: Registry, overload: Overload): void {
  if (overload.observe() === undefined) return;
  const registers = [registry];
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
  showBulkheads(registers, overload);
}

function showBulkheads(registers: Registry[], overload: Overload): void {
  const bulkheads = overload.observe()?.bulkheads ?? [];
  const gauges = ['running', 'waiting'] as const;
  for (const kind of gauges) {
    void new Gauge({
      name: `stormcart_bulkhead_${kind}`,
      help: `Requests ${kind} in the bulkhead.`,
      labelNames: ['name'],
      registers,
      collect() {
        for (const bulkhead of bulkheads) this.set({ name: bulkhead.name }, bulkhead.observe()[kind]);
      },
    });
  }
  void new Counter({
    name: 'stormcart_bulkhead_refused_total',
    help: 'Requests for which no place became free in time.',
    labelNames: ['name'],
    registers,
    collect() {
      this.reset();
      for (const bulkhead of bulkheads) this.inc({ name: bulkhead.name }, bulkhead.observe().refusedCount);
    },
  });
}
