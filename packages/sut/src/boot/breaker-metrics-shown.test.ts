import { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { createPolicy } from '../policy/create-policy.ts';
import { policyFigures } from '../policy/figures.ts';
import type { Policy } from '../policy/policy.ts';
import { createBreakerMetrics } from '../service/breaker-metrics.ts';
import { readBreakers } from './breaker-metrics.ts';

const opened: Policy[] = [];
afterEach(() => {
  for (const policy of opened.splice(0)) policy.close();
});

function policyOf(kind: 'none' | 'opossum' | 'cockatiel', name: string): Policy {
  const policy = createPolicy(kind, name, policyFigures.cache);
  opened.push(policy);
  return policy;
}

it('shows every breaker of a process, in a form that the boot reads back', async () => {
  const registry = new Registry();
  const show = createBreakerMetrics(registry);
  const redis = policyOf('opossum', 'catalog.redis');
  show(redis);
  show(policyOf('cockatiel', 'catalog.recommendation'));
  show(policyOf('none', 'catalog.nothing'));
  for (let call = 0; call < policyFigures.cache.callsMin + 2; call += 1) {
    await redis.execute(() => Promise.reject(new Error('down'))).catch(() => undefined);
  }
  const text = await registry.metrics();
  const zero = { openedCount: 0, refusedCount: 0, wastedCount: 0, overflowCount: 0 };
  expect(readBreakers(text, 'catalog/1')).toEqual([
    { ...zero, name: 'catalog.redis', process: 'catalog/1', state: 'open', openedCount: 1, refusedCount: 2 },
    { ...zero, name: 'catalog.recommendation', process: 'catalog/1', state: 'closed' },
  ]);
  expect(text).toContain('stormcart_breaker_transitions_total{name="catalog.redis",to="open"} 1');
  // A second look copies the totals, it does not add them.
  expect(await registry.metrics()).toBe(text);
});

it('shows nothing where there is no breaker', async () => {
  const registry = new Registry();
  createBreakerMetrics(registry)(policyOf('none', 'catalog.redis'));
  expect((await registry.metrics()).trim()).toBe('');
});
