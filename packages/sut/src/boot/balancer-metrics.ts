import type { ProcessObservation } from '@stormcart/core';

/** `stormcart_balancer_backend_in_flight{pool="catalog",backend="catalog/1"} 3` */
const SERIES =
  /^stormcart_balancer_(backend_in_flight|backend_in_rotation|requests_total|request_seconds_total)\{[^}]*\bbackend="([^"]+)"[^}]*\} (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/gm;

/** What the balancer's metrics (Prometheus text) tell of each back end. */
export function readBackends(metricsText: string): readonly ProcessObservation[] {
  const figures = new Map<string, Map<string, number>>();
  for (const [, series = '', backend = '', value] of metricsText.matchAll(SERIES)) {
    const known = figures.get(backend) ?? new Map<string, number>();
    // Requests are counted apart for each class of answers.
    figures.set(backend, known.set(series, (known.get(series) ?? 0) + Number(value)));
  }
  return [...figures]
    .filter(([, known]) => known.has('backend_in_rotation'))
    .map(([name, known]) => ({
      name,
      inFlightCount: known.get('backend_in_flight') ?? 0,
      isInRotation: known.get('backend_in_rotation') === 1,
      requestCount: known.get('requests_total') ?? 0,
      requestMsSum: (known.get('request_seconds_total') ?? 0) * 1_000,
    }));
}
