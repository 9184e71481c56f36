import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PolicyKind, policyKinds } from '../../src/policy/policy.ts';
import { ask, eventually, type TestAnswer } from '../shop-client.ts';
import { openRelay, type TestRelay } from '../shop-relay.ts';
import { type TestService, textOf } from '../shop-stage.ts';
import type { FaultRig } from './fault-rig.ts';
import { figureIn, metricsOf } from './metrics.ts';

interface Reads {
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

/** A catalogue with one policy, and what its customers met while the cache was silent. */
interface Guarded {
  readonly service: TestService;
  readonly relay: TestRelay;
  readonly silent: Reads;
}

const product = (id: number, { url }: TestService): Promise<TestAnswer> =>
  ask('GET', `${url}/api/product?id=${id}`);

const firstIdOf = (policy: PolicyKind): number => 1_000 * (1 + policyKinds.indexOf(policy));

/** A cache that hangs, with each kind of policy in front of it: all of them at the same time. */
export function silentCacheCases(rig: () => FaultRig): void {
  describe('a cache that falls silent', () => {
    const opened = new Map<PolicyKind, Guarded>();
    const guarded = (policy: PolicyKind): Guarded => {
      const found = opened.get(policy);
      if (found === undefined) throw new Error(`${policy} was not started`);
      return found;
    };

    beforeAll(async () => {
      await Promise.all(policyKinds.map(async (policy) => opened.set(policy, await silence(rig(), policy))));
    });

    afterAll(async () => {
      for (const { service, relay } of opened.values()) {
        await service.process.stop();
        await relay.close();
      }
    });

    it.each(policyKinds)('never fails a read, with policy %s', (policy) => {
      expect(guarded(policy).silent.failed).toBe(0);
    });

    it('makes reads wait for the client’s last resort without a policy, and shows no breaker', async () => {
      const { silent, service } = guarded('none');
      expect(silent.latencies[Math.floor(silent.latencies.length / 2)]).toBeGreaterThan(2_000);
      expect(await metricsOf(service)).not.toContain('stormcart_breaker_state{name="catalog.redis"}');
    });

    const withBreaker = policyKinds.filter((policy) => policy !== 'none');

    it.each(withBreaker)(
      'costs the few reads before %s opens a bounded wait, and the rest nothing',
      (policy) => {
        const { latencies } = guarded(policy).silent;
        expect(latencies[Math.floor(latencies.length * 0.5)]).toBeLessThan(100);
        expect(latencies[Math.floor(latencies.length * 0.99)]).toBeLessThan(400);
      },
    );

    it.each(withBreaker)('has %s open, refuse calls, and say so in the metrics', async (policy) => {
      const metrics = await metricsOf(guarded(policy).service);
      const figure = (name: string): number =>
        figureIn(metrics, `stormcart_breaker_${name}{name="catalog.redis"}`);
      expect(figure('opened_total')).toBeGreaterThanOrEqual(1);
      expect(figure('refused_total')).toBeGreaterThan(10);
      expect([1, 2]).toContain(figure('state'));
    });

    it.each(policyKinds)('is used again soon after it comes back, with policy %s', async (policy) => {
      const { relay, service } = guarded(policy);
      relay.setSilent(false);
      const startedMs = systemClock.now();
      const id = firstIdOf(policy) + 900;
      await eventually(async () => (await product(id, service)).headers.get('x-cache') === 'hit', 15_000);
      // About a second on a quiet machine.
      if (policy !== 'none') expect(systemClock.now() - startedMs).toBeLessThan(5_000);
    });
  });
}

async function silence({ stage }: FaultRig, policy: PolicyKind): Promise<Guarded> {
  const relay = await openRelay(stage.redis.address);
  const service = await stage.start('catalog', 10 + policyKinds.indexOf(policy), {
    SHOP_REDIS: textOf(relay.address),
    SHOP_POLICY_CACHE: policy,
    // Without any policy at all; a deadline would not wait for the client's last resort.
    ...(policy === 'none' ? { SHOP_POLICY_OVERLOAD: 'none' } : {}),
  });
  await readSteadily(service, 500, firstIdOf(policy));
  relay.setSilent(true);
  return { service, relay, silent: await readSteadily(service, 4_000, firstIdOf(policy) + 100) };
}

/** One each 20 ms. */
const READS_PER_SECOND = 50;

/** Reads of ever other products, each at its time, whatever becomes of the ones before. */
async function readSteadily(service: TestService, forMs: number, firstId: number): Promise<Reads> {
  const beganMs = systemClock.now();
  const count = (forMs / 1_000) * READS_PER_SECOND;
  const reads: Promise<{ readonly tookMs: number; readonly isOk: boolean }>[] = [];
  while (reads.length < count) {
    const startedMs = systemClock.now();
    reads.push(
      product(firstId + reads.length, service).then(({ status }) => ({
        tookMs: systemClock.now() - startedMs,
        isOk: status === 200,
      })),
    );
    const dueMs = beganMs + (reads.length / READS_PER_SECOND) * 1_000;
    await systemClock.sleep(Math.max(0, dueMs - systemClock.now()));
  }
  const done = await Promise.all(reads);
  return {
    latencies: done.map((read) => read.tookMs).toSorted((left, right) => left - right),
    failed: done.filter((read) => !read.isOk).length,
  };
}
