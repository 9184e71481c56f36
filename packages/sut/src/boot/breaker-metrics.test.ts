import { describe, expect, it } from 'vitest';
import { readBreakers } from './breaker-metrics.ts';

const TEXT = `# HELP stormcart_breaker_state 0 closed, 1 open, 2 half-open.
# TYPE stormcart_breaker_state gauge
stormcart_breaker_state{name="catalog.redis"} 1
stormcart_breaker_opened_total{name="catalog.redis"} 3
stormcart_breaker_refused_total{name="catalog.redis"} 412
stormcart_breaker_wasted_total{name="catalog.redis"} 25
stormcart_breaker_overflow_total{name="catalog.redis"} 7
process_cpu_seconds_total 1.5
stormcart_breaker_state{name="worker.payment"} 2
`;

describe('readBreakers', () => {
  it('reads state and counters of each breaker', () => {
    expect(readBreakers(TEXT, 'catalog/1')).toEqual([
      {
        name: 'catalog.redis',
        process: 'catalog/1',
        state: 'open',
        openedCount: 3,
        refusedCount: 412,
        wastedCount: 25,
        overflowCount: 7,
      },
      {
        name: 'worker.payment',
        process: 'catalog/1',
        state: 'halfOpen',
        openedCount: 0,
        refusedCount: 0,
        wastedCount: 0,
        overflowCount: 0,
      },
    ]);
  });

  it('leaves out a breaker whose state it does not know', () => {
    expect(readBreakers('stormcart_breaker_state{name="x"} 7\n', 'catalog/1')).toEqual([]);
    expect(readBreakers('stormcart_breaker_opened_total{name="x"} 7\n', 'catalog/1')).toEqual([]);
  });

  it('finds none in other text', () => {
    expect(readBreakers('', 'catalog/1')).toEqual([]);
    expect(readBreakers('<html>502</html>', 'catalog/1')).toEqual([]);
  });
});
