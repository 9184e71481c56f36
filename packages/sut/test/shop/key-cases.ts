import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { order, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** What a key stands for. */
export function keyCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    desk = await openOrderDesk(rig(), 49);
  });

  describe('an idempotency key', () => {
    const body = { items: [{ sku: 131, quantity: 1 }] };

    it('belongs to its customer', async () => {
      const key = randomUUID();
      const [mine, theirs] = await Promise.all([
        order(desk.urls[0], desk.buyer.token, body, key),
        order(desk.urls[1], desk.stranger.token, body, key),
      ]);
      expect([mine.status, theirs.status]).toEqual([201, 201]);
      expect(mine.body['orderId']).not.toBe(theirs.body['orderId']);
    });

    it('is free again after a refusal', async () => {
      const key = randomUUID();
      await stage.rows('UPDATE stock SET initial = 0, available = 0 WHERE product_id = 132');
      const other = { items: [{ sku: 132, quantity: 1 }] };
      expect((await order(desk.urls[0], desk.buyer.token, other, key)).status).toBe(409);
      expect((await order(desk.urls[0], desk.buyer.token, body, key)).status).toBe(201);
    });

    it('gives the first answer after prices, stock and state have changed, and refuses another body', async () => {
      const key = randomUUID();
      const last = { items: [{ sku: 133, quantity: 1 }] };
      await stage.rows('UPDATE stock SET initial = 1, available = 1 WHERE product_id = 133');
      const first = await order(desk.urls[0], desk.buyer.token, last, key);
      await stage.rows('UPDATE product SET price_cents = price_cents + 1 WHERE id = 133');
      const again = await order(desk.urls[1], desk.buyer.token, last, key);
      expect([again.status, again.body]).toEqual([201, first.body]);
      await desk.cancel(String(first.body['orderId']));
      expect((await order(desk.urls[1], desk.buyer.token, last, key)).body).toEqual(first.body);
      for (const changed of [body, { items: [{ sku: 133, quantity: 2 }] }, { cartSeq: 1 }]) {
        const answer = await order(desk.urls[0], desk.buyer.token, changed, key);
        expect([answer.status, problemOf(answer)]).toEqual([422, 'key-reused']);
      }
    });
  });
}
