import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** How an order ends before it is shipped. */
export function cancellationCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    desk = await openOrderDesk(rig(), 45);
  });

  describe('a cancellation', () => {
    it('frees the goods of an order that was not paid, and answers the same again', async () => {
      const orderId = await desk.reserve(101, 3);
      for (let time = 0; time < 2; time += 1) {
        const answer = await desk.cancel(orderId);
        expect([answer.status, answer.body]).toEqual([200, { orderId, status: 'CANCELLED' }]);
      }
      expect(await desk.stockOf(101)).toMatchObject({ available: 1_000, reserved: 0, sold: 0 });
      expect(await desk.stepsOf(orderId)).toEqual(['RESERVED', 'CANCELLED']);
      const late = await desk.post(orderId, 'payments', { cardToken: 'tok_visa' });
      expect([late.status, problemOf(late)]).toEqual([409, 'wrong-state']);
    });

    it('gives the money of a paid order back once, however often it is asked for', async () => {
      const orderId = await desk.paid(102, 2);
      const answers = await Promise.all(Array.from({ length: 10 }, () => desk.cancel(orderId)));
      for (const { status } of answers) expect([200, 202]).toContain(status);
      await desk.untilStatus(orderId, 'REFUNDED');
      expect((await desk.cancel(orderId)).body).toEqual({ orderId, status: 'REFUNDED' });
      expect(desk.refundsOf(orderId)).toEqual([expect.objectContaining({ key: `refund-${orderId}` })]);
      expect(await desk.stockOf(102)).toMatchObject({ available: 1_000, reserved: 0, sold: 0 });
      expect(await desk.stepsOf(orderId)).toEqual(['RESERVED', 'PAYING', 'PAID', 'REFUNDING', 'REFUNDED']);
    });

    it('gives back once when the answers of the provider are lost', async () => {
      const orderId = await desk.paid(103);
      stage.provider.setMode({ loseReplyShare: 1 });
      expect((await desk.cancel(orderId)).status).toBe(202);
      await desk.untilStatus(orderId, 'REFUNDED');
      stage.provider.setMode({});
      expect(desk.refundsOf(orderId)).toHaveLength(1);
    });

    it('while the provider is busy charging leaves nothing taken, whoever is first', async () => {
      stage.provider.setMode({ delayMs: 150 });
      const ids = await Promise.all(Array.from({ length: 6 }, () => desk.reserve(104)));
      await Promise.all(ids.map((id) => desk.post(id, 'payments', { cardToken: 'tok_visa' })));
      await Promise.all(ids.map((id) => desk.cancel(id)));
      await eventually(async () => {
        const rows = await stage.rows(
          `SELECT 1 FROM orders JOIN order_item ON order_id = id
         WHERE product_id = 104 AND status NOT IN ('CANCELLED', 'REFUNDED')`,
        );
        return rows.length === 0;
      });
      stage.provider.setMode({});
      for (const id of ids) expect(desk.refundsOf(id)).toHaveLength(desk.capturesOf(id).length);
      expect(await desk.stockOf(104)).toMatchObject({ available: 1_000, reserved: 0, sold: 0 });
    });

    it('is refused once the order is on its way, and for another customer', async () => {
      const orderId = await desk.paid(105);
      const foreign = await desk.cancel(orderId, desk.stranger);
      expect([foreign.status, problemOf(foreign)]).toEqual([404, 'not-found']);
      expect((await desk.post(orderId, 'shipments', {}, desk.clerk)).status).toBe(202);
      const late = await desk.cancel(orderId);
      expect([late.status, problemOf(late), late.body['orderStatus']]).toEqual([
        409,
        'wrong-state',
        'SHIPPED',
      ]);
      expect(desk.refundsOf(orderId)).toEqual([]);
      const missing = await desk.cancel(randomUUID());
      expect([missing.status, problemOf(missing)]).toEqual([404, 'not-found']);
    });

    it('and a shipment at the same time never both happen', async () => {
      const ids = await Promise.all(Array.from({ length: 5 }, () => desk.paid(106)));
      for (const orderId of ids) {
        const [cancelled, shipped] = await Promise.all([
          desk.cancel(orderId),
          desk.post(orderId, 'shipments', {}, desk.clerk),
        ]);
        expect(new Set([cancelled.status, shipped.status])).toEqual(new Set([202, 409]));
      }
    });
  });
}
