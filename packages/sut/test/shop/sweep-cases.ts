import { beforeAll, describe, expect, it } from 'vitest';
import { ask, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** Orders that somebody has to look after. */
export function sweepCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    desk = await openOrderDesk(rig(), 47);
  });

  /** Makes an order look as if nothing had happened to it for a day. */
  const age = (orderId: string): Promise<unknown> =>
    stage.rows('UPDATE orders SET updated_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [orderId]);

  // Each waits for the sweep's next look.
  describe('the sweep', () => {
    it.concurrent('cancels a reservation that was abandoned, and no other', async () => {
      const abandoned = await desk.reserve(111);
      const fresh = await desk.reserve(111);
      await age(abandoned);
      await desk.untilStatus(abandoned, 'CANCELLED');
      await desk.untilStatus(fresh, 'RESERVED');
      expect(await desk.stockOf(111)).toMatchObject({ available: 999, reserved: 1, sold: 0 });
    });

    it.concurrent('pays an order whose message was lost', async () => {
      const orderId = await desk.reserve(112);
      await stage.rows(`UPDATE orders SET status = 'PAYING', card_token = 'tok_visa' WHERE id = ?`, [
        orderId,
      ]);
      await age(orderId);
      await desk.untilStatus(orderId, 'PAID');
      expect(desk.capturesOf(orderId)).toHaveLength(1);
    });

    it.concurrent('refunds an order whose message was lost', async () => {
      const orderId = await desk.paid(113);
      await stage.rows(`UPDATE orders SET status = 'REFUNDING' WHERE id = ?`, [orderId]);
      await age(orderId);
      await desk.untilStatus(orderId, 'REFUNDED');
      expect(desk.refundsOf(orderId)).toHaveLength(1);
    });
  });

  describe('an order under review', () => {
    const underReview = async (sku: number): Promise<string> => {
      const orderId = await desk.paid(sku);
      await stage.rows(`UPDATE orders SET review = 'pending' WHERE id = ?`, [orderId]);
      return orderId;
    };

    it('is shipped only after somebody approved it', async () => {
      const orderId = await underReview(121);
      const early = await desk.post(orderId, 'shipments', {}, desk.clerk);
      expect([early.status, problemOf(early)]).toEqual([409, 'under-review']);
      const forbidden = await desk.post(orderId, 'reviews', { decision: 'approve' });
      expect([forbidden.status, problemOf(forbidden)]).toEqual([403, 'forbidden']);
      const approved = await desk.post(orderId, 'reviews', { decision: 'approve' }, desk.clerk);
      expect([approved.status, approved.body]).toEqual([200, { orderId, review: 'approved' }]);
      expect((await desk.post(orderId, 'shipments', {}, desk.clerk)).status).toBe(202);
    });

    it('is given back when it is rejected', async () => {
      const orderId = await underReview(122);
      expect((await desk.post(orderId, 'reviews', { decision: 'reject' }, desk.clerk)).status).toBe(202);
      await desk.untilStatus(orderId, 'REFUNDED');
      const other = await desk.reserve(122);
      const none = await desk.post(other, 'reviews', { decision: 'approve' }, desk.clerk);
      expect([none.status, problemOf(none)]).toEqual([409, 'wrong-state']);
    });

    it('is one that is grossly dear; it is paid nevertheless', async () => {
      await stage.rows('UPDATE product SET price_cents = 2000000 WHERE id = 123');
      const orderId = await desk.paid(123);
      const read = await ask('GET', `${desk.urls[1]}/api/orders/${orderId}`, { token: desk.buyer.token });
      expect(read.body).toMatchObject({ status: 'PAID', review: 'pending' });
    });
  });
}
