import { expect, it } from 'vitest';
import { readBackends } from './balancer-metrics.ts';

const TEXT = `# HELP stormcart_balancer_requests_total Finished requests.
# TYPE stormcart_balancer_requests_total counter
stormcart_balancer_retries_total 3
stormcart_balancer_requests_total{pool="catalog",backend="catalog/1",status="2xx"} 40
stormcart_balancer_requests_total{pool="catalog",backend="catalog/1",status="5xx"} 2
stormcart_balancer_request_seconds_total{pool="catalog",backend="catalog/1",status="2xx"} 0.5
stormcart_balancer_request_seconds_total{pool="catalog",backend="catalog/1",status="5xx"} 2e-2
stormcart_balancer_backend_in_rotation{pool="catalog",backend="catalog/1"} 0
stormcart_balancer_backend_in_flight{pool="catalog",backend="catalog/1"} 7
stormcart_balancer_backend_in_rotation{pool="orders",backend="orders/2"} 1
stormcart_balancer_backend_in_flight{pool="orders",backend="orders/2"} 0
`;

it('sums up what the balancer counts apart for each class of answers', () => {
  expect(readBackends(TEXT)).toEqual([
    { name: 'catalog/1', inFlightCount: 7, isInRotation: false, requestCount: 42, requestMsSum: 520 },
    { name: 'orders/2', inFlightCount: 0, isInRotation: true, requestCount: 0, requestMsSum: 0 },
  ]);
});

it('reads nothing from nothing', () => {
  expect(readBackends('')).toEqual([]);
});
