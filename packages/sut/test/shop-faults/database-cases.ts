import { systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, order, problemOf } from '../shop-client.ts';
import { openRelay } from '../shop-relay.ts';
import { type ShopStage, type TestService, textOf } from '../shop-stage.ts';
import type { FaultRig, Shopper } from './fault-rig.ts';
import { kill } from './frozen.ts';

/** What happens without the database. */
export function databaseCases(rig: () => FaultRig): void {
  let stage: ShopStage;
  let orders: TestService;
  let shopper: Shopper;
  beforeAll(() => {
    ({ stage, orders, shopper } = rig());
  });

  describe('a database', () => {
    it('that falls silent makes requests 503 within their bound, and serves again at once', async () => {
      const relay = await openRelay(stage.mariadb.address);
      const catalog = await stage.start('catalog', 31, { SHOP_MARIADB: textOf(relay.address) });
      try {
        const search = () => ask('GET', `${catalog.url}/api/products?q=oak`);
        expect((await search()).status).toBe(200);
        relay.setSilent(true);
        const startedMs = systemClock.now();
        const answers = await Promise.all(Array.from({ length: 20 }, search));
        expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 503));
        // Those in the bulkhead wait for the database; the others hear that there is no place.
        const problems = new Set(answers.map((answer) => problemOf(answer)));
        expect(problems).toContain('store-unavailable');
        expect([...problems].filter((name) => name !== 'store-unavailable' && name !== 'busy')).toEqual([]);
        expect(systemClock.now() - startedMs).toBeLessThan(12_000);
        relay.setSilent(false);
        await eventually(async () => (await search()).status === 200, 10_000);
        const after = await Promise.all(Array.from({ length: 20 }, search));
        expect(after.map((answer) => answer.status)).toEqual(after.map(() => 200));
      } finally {
        await catalog.process.stop();
        await relay.close();
      }
    });

    it('that is killed in mid-work loses no order and no payment', async () => {
      const orderIds: string[] = [];
      const buy = async (): Promise<void> => {
        const created = await order(orders.url, shopper.token, { items: [{ sku: 72, quantity: 1 }] });
        if (created.status !== 201) return;
        const orderId = String(created.body['orderId']);
        orderIds.push(orderId);
        await shopper.pay(orderId);
      };
      const buying = Array.from({ length: 60 }, async (_, index) => {
        await systemClock.sleep(index * 50);
        await buy();
      });
      await systemClock.sleep(1_000);
      kill(stage.mariadb.process);
      await Promise.all(buying);
      expect(orderIds.length).toBeGreaterThan(5);
      await eventually(async () => {
        const [left] = await stage.rows<{ count: number }>(
          `SELECT COUNT(*) AS count FROM orders WHERE status = 'PAYING'`,
        );
        return left?.count === 0;
      }, 60_000);
      const stored = await stage.rows<{ id: string; status: string }>(
        'SELECT id, status FROM orders JOIN order_item ON order_id = id WHERE product_id = 72',
      );
      const ids = new Set(stored.map(({ id }) => id));
      expect(orderIds.filter((id) => !ids.has(id))).toEqual([]);
      const paid = stored.filter(({ status }) => status === 'PAID');
      const captured = stage.provider
        .charges()
        .map((charge) => charge.orderId)
        .filter((orderId) => ids.has(orderId));
      expect(new Set(captured)).toEqual(new Set(paid.map(({ id }) => id)));
      expect(captured).toHaveLength(paid.length);
      const [stock] = await stage.rows<{ initial: number; sum: number }>(
        'SELECT initial, available + reserved + sold AS sum FROM stock WHERE product_id = 72',
      );
      expect(stock?.sum).toBe(stock?.initial);
    });
  });
}
