import type { BreakerObservation } from '@stormcart/core';

/** What the gauge's values mean; the services write them. */
const STATES: readonly BreakerObservation['state'][] = ['closed', 'open', 'halfOpen'];

/** `stormcart_breaker_opened_total{name="catalog.redis"} 3` */
const SERIES =
  /^stormcart_breaker_(state|(?:opened|refused|wasted|overflow)_total)\{[^}]*\bname="([^"]+)"[^}]*\} (\d+(?:\.\d+)?)(?: \d+)?$/gm;

/** Reads the breakers out of one process's metrics (Prometheus text). One with an unknown state is left out. */
export function readBreakers(metricsText: string, process: string): readonly BreakerObservation[] {
  const figures = new Map<string, Map<string, number>>();
  for (const [, series = '', name = '', value] of metricsText.matchAll(SERIES)) {
    const known = figures.get(name) ?? new Map<string, number>();
    figures.set(name, known.set(series, Number(value)));
  }
  return [...figures].flatMap(([name, known]) => {
    const state = STATES[known.get('state') ?? -1];
    if (state === undefined) return [];
    const count = (series: string): number => known.get(`${series}_total`) ?? 0;
    return [
      {
        name,
        process,
        state,
        openedCount: count('opened'),
        refusedCount: count('refused'),
        wastedCount: count('wasted'),
        overflowCount: count('overflow'),
      },
    ];
  });
}
