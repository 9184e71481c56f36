import { Counter, Gauge, type Registry } from 'prom-client';
import type { Bulkhead } from '../policy/bulkhead.ts';

const GAUGES = ['running', 'waiting'] as const;

/** Shows bulkheads; returns how one is added. */
export function createBulkheadMetrics(registry: Registry): (bulkhead: Bulkhead) => void {
  const bulkheads: Bulkhead[] = [];
  const registers = [registry];
  const showAll = (): void => {
    for (const kind of GAUGES) {
      void new Gauge({
        name: `stormcart_bulkhead_${kind}`,
        help: `Requests ${kind} in the bulkhead.`,
        labelNames: ['name'],
        registers,
        collect() {
          for (const one of bulkheads) this.set({ name: one.name }, one.observe()[kind]);
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
        for (const one of bulkheads) this.inc({ name: one.name }, one.observe().refusedCount);
      },
    });
  };
  return (bulkhead) => {
    if (bulkheads.length === 0) showAll();
    bulkheads.push(bulkhead);
  };
}
