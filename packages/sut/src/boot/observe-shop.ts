import type { SystemObservation } from '@stormcart/core';
import { readBreakers } from './breaker-metrics.ts';

/** A process whose breakers are worth looking at. */
export interface Observed {
  readonly name: string;
  readonly port: number;
}

/** Far above what an idle process needs (2 ms); a frozen one is absent rather than waited for. */
const ANSWER_MS_MAX = 1_000;

/** Asks each process for its metrics, all at once. One that does not answer in time is absent. */
export async function observeShop(
  processes: readonly Observed[],
  signal: AbortSignal,
): Promise<SystemObservation> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const answers = await Promise.all(
    processes.map(async ({ name, port }) => {
      const text = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: within })
        .then((response) => response.text())
        .catch(() => '');
      return readBreakers(text, name);
    }),
  );
  return { breakers: answers.flat() };
}
