import { randomUUID } from 'node:crypto';
import { systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bulkheadFigures, sheddingFigures } from '../../src/policy/figures.ts';
import { ask, eventually, logIn, order, problemOf, type TestAnswer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { FaultRig } from './fault-rig.ts';
import { frozen } from './frozen.ts';
import { figureIn, metricsOf } from './metrics.ts';

/** What a process turns away, and shows of it. */
export function overloadCases(rig: () => FaultRig): void {
  let stage: ShopStage;
  let catalog: TestService;
  let account: TestService;
  let orders: TestService;
  beforeAll(() => {
    ({ stage, catalog, account, orders } = rig());
  });

  describe('a process with more to do than it can', () => {
    it('turns away browsing at its limit, quickly and with a time to come back', async () => {
      const limit = sheddingFigures.limits.browse.inFlight;
      const quick: TestAnswer[] = [];
      await frozen(stage.redis.process, async () => {
        const all = Array.from({ length: limit + 50 }, async (_, index) => {
          const answer = await ask('GET', `${catalog.url}/api/product?id=${100 + index}`);
          if (answer.status === 503) quick.push(answer);
        });
        await eventually(() => Promise.resolve(quick.length >= 50));
        await Promise.race([Promise.all(all), systemClock.sleep(0)]);
      });
      expect(quick.every(({ headers }) => headers.get('retry-after') !== null)).toBe(true);
      expect(problemOf(quick[0] as TestAnswer)).toBe('busy');
      expect(
        figureIn(await metricsOf(catalog), 'stormcart_requests_shed_total{priority="browse"}'),
      ).toBeGreaterThanOrEqual(50);
      // And serves again once it is calm.
      await eventually(async () => (await ask('GET', `${catalog.url}/api/product?id=1`)).status === 200);
      await eventually(async () => figureIn(await metricsOf(catalog), 'stormcart_shed_level') === 0);
    });

    it('lets searches take their share of the database and no more', async () => {
      const { runningMax, waitingMax, waitMs } = bulkheadFigures.search;
      const turnedAway = async (): Promise<{ readonly full: number; readonly shed: number }> => {
        const text = await metricsOf(catalog);
        return {
          full: figureIn(text, 'stormcart_bulkhead_refused_total{name="search"}'),
          shed: figureIn(text, 'stormcart_requests_shed_total{priority="browse"}'),
        };
      };
      const rush = async () => {
        const answered: number[] = [];
        let statuses: readonly number[] = [];
        const before = await turnedAway();
        await frozen(stage.mariadb.process, async () => {
          const searches = Array.from({ length: runningMax + waitingMax + 20 }, async () => {
            answered.push((await ask('GET', `${catalog.url}/api/products?q=lamp`)).status);
          });
          await eventually(() => Promise.resolve(answered.length >= 20 + waitingMax), waitMs + 10_000);
          // Those that hold their share are answered rightly once the database is back.
          statuses = [...answered];
          void Promise.allSettled(searches);
        });
        const after = await turnedAway();
        return { statuses, full: after.full - before.full, shed: after.shed - before.shed };
      };
      // A machine that stalled for a second makes the process shed all browsing before a search gets as far as this:
      // such a rush tells nothing about the searches' share, and the next one comes when the process is calm.
      let seen = await rush();
      for (let more = 0; more < 5 && seen.shed > 0; more += 1) {
        await eventually(async () => (await ask('GET', `${catalog.url}/api/products?q=lamp`)).status === 200);
        seen = await rush();
      }
      expect(seen.shed).toBe(0);
      expect(seen.statuses.every((status) => status === 503)).toBe(true);
      expect(seen.full).toBeGreaterThanOrEqual(20 + waitingMax);
      await eventually(async () => (await ask('GET', `${catalog.url}/api/products?q=lamp`)).status === 200);
    });

    it('answers a rush of buyers in turn instead of refusing them', async () => {
      const { token } = await logIn(account.url, 'customer-3@example.test');
      const answers = await Promise.all(
        Array.from({ length: 150 }, () => order(orders.url, token, { items: [{ sku: 3, quantity: 1 }] })),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    });

    it('takes everything when the protection is off', async () => {
      const open = await stage.start('orders', 41, { SHOP_POLICY_OVERLOAD: 'none' });
      const { token } = await logIn(account.url, 'customer-4@example.test');
      const answer = await ask('POST', `${open.url}/api/orders`, {
        token,
        headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '0' },
        body: { items: [{ sku: 4, quantity: 1 }] },
      });
      expect(answer.status).toBe(201);
      expect(await metricsOf(open)).not.toContain('stormcart_shed_level');
    });
  });

  it('shows the breakers of those dependencies whose policy has one, and no others', async () => {
    // Catalog was started without a policy on its cache, with one on recommendations.
    const none = { SHOP_POLICY_PAYMENT: 'none', SHOP_POLICY_FRAUD: 'opossum' };
    const worker = await stage.start('worker', 41, none);
    expect([await shown(catalog), await shown(worker)]).toEqual([
      ['catalog.recommendation'],
      ['worker.fraud'],
    ]);
    await worker.process.stop();
  });

  it("shows a breaker's state, transitions and wasted calls", async () => {
    const guarded = await stage.start('catalog', 41, { SHOP_POLICY_CACHE: 'opossum' });
    await frozen(stage.redis.process, async () => {
      await eventually(async () => {
        const asked = Array.from({ length: 10 }, (_, index) =>
          ask('GET', `${guarded.url}/api/product?id=${500 + index}`),
        );
        await Promise.all(asked);
        const text = await metricsOf(guarded);
        return figureIn(text, 'stormcart_breaker_transitions_total{name="catalog.redis",to="open"}') > 0;
      });
      const text = await metricsOf(guarded);
      expect(figureIn(text, 'stormcart_breaker_wasted_total{name="catalog.redis"}')).toBeGreaterThan(0);
      expect(figureIn(text, 'stormcart_breaker_overflow_total{name="catalog.redis"}')).toBe(0);
    });
    await eventually(async () => {
      await ask('GET', `${guarded.url}/api/product?id=500`);
      const text = await metricsOf(guarded);
      return figureIn(text, 'stormcart_breaker_state{name="catalog.redis"}') === 0;
    });
  });
}

/** The names of the breakers that a process shows. */
async function shown(service: TestService): Promise<readonly string[]> {
  const states = (await metricsOf(service)).matchAll(/^stormcart_breaker_state\{name="([^"]+)"\}/gm);
  return [...states].map(([, name = '']) => name);
}
