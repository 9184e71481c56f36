import { Counter, Gauge, type Registry } from 'prom-client';
import type { LoadWatch } from './load-watch.ts';
import type { ProductReader } from './product-reader.ts';

/** Shows what the database has to do for the cache. */
export function showLoads(registry: Registry, loads: LoadWatch): void {
  const registers = [registry];
  void new Counter({
    name: 'stormcart_cache_loads_total',
    help: 'Products read from the database.',
    registers,
    collect() {
      this.reset();
      this.inc(loads.observe().startedCount);
    },
  });
  void new Gauge({
    name: 'stormcart_cache_loads_in_flight',
    help: 'Products being read from the database.',
    registers,
    collect() {
      this.set(loads.observe().inFlight);
    },
  });
  void new Gauge({
    name: 'stormcart_cache_same_key_loads_in_flight_max',
    help: 'The most reads of one product from the database that were ever under way at once in this process.',
    registers,
    collect() {
      this.set(loads.observe().sameProductMax);
    },
  });
}

/** The same reader; its answers are counted by where they came from. */
export function countReads(registry: Registry, read: ProductReader): ProductReader {
  const reads = new Counter({
    name: 'stormcart_cache_reads_total',
    help: 'Answered reads of a product, by source: hit, miss, or stale for want of the database.',
    labelNames: ['source'],
    registers: [registry],
  });
  return async (id) => {
    const result = await read(id);
    reads.inc({ source: result.source });
    return result;
  };
}
