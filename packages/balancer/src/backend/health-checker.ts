import type { Clock } from '@stormcart/core';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { Backend } from './backend.ts';
import { probe } from './probe.ts';

type HealthConfig = Exclude<BalancerConfig['health'], 'off'>;

/** Probes each back end in a loop of its own until aborted. The promise never rejects. */
export async function checkHealth(
  backends: readonly Backend[],
  health: HealthConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(backends.map((backend) => checkOne(backend, health, clock, signal)));
}

async function checkOne(
  backend: Backend,
  health: HealthConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const options = { path: health.path, timeoutMs: health.timeoutMs, clock };
  while (!signal.aborted) {
    const startMs = clock.now();
    const reason = await probe(backend.config, options, signal);
    if (signal.aborted) return;
    backend.probed(reason);
    // A rejection means aborted, and the loop ends.
    await clock.sleep(health.everyMs - (clock.now() - startMs), signal).catch(() => undefined);
  }
}
