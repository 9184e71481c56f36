import { randomUUID } from 'node:crypto';
import { systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { deadlineMs, policyFigures } from '../../src/policy/figures.ts';
import { type ConflictRetries, openDatabase } from '../../src/service/database/database.ts';
import { ask, logIn, order, problemOf } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { FaultRig } from './fault-rig.ts';
import { frozen } from './frozen.ts';

/** How long anybody waits. */
export function deadlineCases(rig: () => FaultRig): void {
  let stage: ShopStage;
  let catalog: TestService;
  let account: TestService;
  let orders: TestService;
  beforeAll(() => {
    ({ stage, catalog, account, orders } = rig());
  });

  const ordersStored = async (): Promise<number> =>
    (await stage.rows<{ readonly stored: number }>('SELECT COUNT(*) AS stored FROM orders'))[0]?.stored ?? -1;

  describe('a deadline', () => {
    it('that has passed on arrival begins nothing', async () => {
      const { token } = await logIn(account.url, 'customer-1@example.test');
      const before = await ordersStored();
      const answer = await ask('POST', `${orders.url}/api/orders`, {
        token,
        headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '0' },
        body: { items: [{ sku: 1, quantity: 1 }] },
      });
      expect(answer.status).toBe(504);
      expect(problemOf(answer)).toBe('deadline-passed');
      expect(await ordersStored()).toBe(before);
    });

    it('that passes inside a transaction rolls it back', async () => {
      const { token } = await logIn(account.url, 'customer-2@example.test');
      const before = await ordersStored();
      const lock = await stage.hold('UPDATE stock SET available = available WHERE product_id = ?', [2]);
      const startedMs = systemClock.now();
      const answer = ask('POST', `${orders.url}/api/orders`, {
        token,
        headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '400' },
        body: { items: [{ sku: 2, quantity: 1 }] },
      });
      await systemClock.sleep(600);
      await lock.rollBack();
      const { status } = await answer;
      expect([503, 504]).toContain(status);
      expect(systemClock.now() - startedMs).toBeLessThan(deadlineMs.checkout);
      expect(await ordersStored()).toBe(before);
      const [stock] = await stage.rows<{ readonly reserved: number }>(
        'SELECT reserved FROM stock WHERE product_id = ?',
        [2],
      );
      expect(stock?.reserved).toBe(0);
      // The customer comes back with all the time there is.
      expect((await order(orders.url, token, { items: [{ sku: 2, quantity: 1 }] })).status).toBe(201);
    });

    it('bounds an answer even where no policy bounds the cache', async () => {
      const startedMs = systemClock.now();
      await frozen(stage.redis.process, async () => {
        const answer = await ask('GET', `${catalog.url}/api/product?id=40`, {
          headers: { 'x-deadline-ms': '300' },
        });
        expect(answer.status).toBe(504);
      });
      expect(systemClock.now() - startedMs).toBeLessThan(policyFigures.cache.lastResortMs - 1_000);
    });
  });

  describe('a transaction that waits for a lock in vain', () => {
    async function attemptsWith(retries: ConflictRetries): Promise<number> {
      const { mariadb } = stage;
      const database = openDatabase(
        {
          SHOP_MARIADB: mariadb.address,
          SHOP_MARIADB_USER: mariadb.account.user,
          SHOP_MARIADB_PASSWORD: mariadb.account.password,
          SHOP_MARIADB_DATABASE: mariadb.database,
        },
        systemClock,
        retries,
      );
      let attempts = 0;
      const outcome = database.transaction(async (session) => {
        attempts += 1;
        await session.change('UPDATE stock SET available = available WHERE product_id = 9');
        return { kind: 'commit', result: undefined };
      });
      await expect(outcome).rejects.toMatchObject({ errno: 1205 });
      await database.close();
      return attempts;
    }

    it('goes again under a request, and not where its caller repeats the whole', async () => {
      const lock = await stage.hold('UPDATE stock SET available = available WHERE product_id = ?', [9]);
      const attempts = await Promise.all([attemptsWith('here'), attemptsWith('by the caller')]);
      await lock.rollBack();
      expect(attempts[0]).toBeGreaterThan(1);
      expect(attempts[1]).toBe(1);
    });
  });
}
