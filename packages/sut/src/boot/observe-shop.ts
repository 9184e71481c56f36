import type { SystemObservation } from '@stormcart/core';
import { readBackends } from './balancer-metrics.ts';
import { readBreakers } from './breaker-metrics.ts';

/** A process whose breakers are worth looking at. */
export interface Observed {
  readonly name: string;
  readonly port: number;
}

/** Far above what an idle process needs (2 ms); a frozen one is absent rather than waited for. */
const ANSWER_MS_MAX = 1_000;

/** Asks each process, and the balancer, for its metrics, all at once. One that does not answer in time is absent. */
export async function observeShop(
  processes: readonly Observed[],
  balancerAdminPort: number,
  signal: AbortSignal,
): Promise<SystemObservation> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const metricsAt = (port: number): Promise<string> =>
    fetch(`http://127.0.0.1:${port}/metrics`, { signal: within })
      .then((response) => response.text())
      .catch(() => '');
  const [backends, ...breakers] = await Promise.all([
    metricsAt(balancerAdminPort).then(readBackends),
    ...processes.map(async ({ name, port }) => readBreakers(await metricsAt(port), name)),
  ]);
  return { breakers: breakers.flat(), processes: backends };
}
