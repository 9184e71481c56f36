import type { TestService } from '../shop-stage.ts';

/** What a process shows of itself, as Prometheus reads it. */
export async function metricsOf({ url }: Pick<TestService, 'url'>): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** One figure: `stormcart_shed_level`, `stormcart_breaker_state{name="catalog.redis"}`; NaN when it is not shown. */
export function figureIn(metrics: string, series: string): number {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}
