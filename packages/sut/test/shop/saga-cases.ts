import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type BrokerDesk, openBrokerDesk } from './broker-desk.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** How an order is paid and shipped. */
export function sagaCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  let broker: BrokerDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    broker = openBrokerDesk(stage);
    desk = await openOrderDesk(rig(), 43);
  });

  describe('the saga', () => {
    it('takes a paid order to PAID and SHIPPED, and sells its stock', async () => {
      const orderId = await desk.reserve(61, 3);
      const paying = await desk.pay(orderId);
      expect([paying.status, paying.body]).toEqual([202, { orderId, status: 'PAYING' }]);
      await desk.untilStatus(orderId, 'PAID');
      expect(await desk.stockOf(61)).toEqual({ initial: 1_000, available: 997, reserved: 0, sold: 3 });
      const again = await desk.pay(orderId);
      expect([again.status, again.body]).toEqual([202, { orderId, status: 'PAID' }]);
      const shipped = await desk.ship(orderId);
      expect([shipped.status, shipped.body]).toEqual([202, { orderId, status: 'SHIPPED' }]);
      expect((await desk.ship(orderId)).status).toBe(202);
      const late = await desk.pay(orderId);
      expect([late.status, problemOf(late)]).toEqual([409, 'wrong-state']);
      expect(
        await stage.rows(
          'SELECT from_status AS was, to_status AS became FROM order_event WHERE order_id = ? ORDER BY id',
          [orderId],
        ),
      ).toEqual([
        { was: null, became: 'RESERVED' },
        { was: 'RESERVED', became: 'PAYING' },
        { was: 'PAYING', became: 'PAID' },
        { was: 'PAID', became: 'SHIPPED' },
      ]);
      expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toEqual([
        expect.objectContaining({ key: `pay-${orderId}`, status: 'captured' }),
      ]);
    });

    it('cancels an order whose card is declined, and releases its stock', async () => {
      const orderId = await desk.reserve(62, 2);
      await desk.pay(orderId, 'tok_declined');
      await desk.untilStatus(orderId, 'CANCELLED');
      expect(await desk.stockOf(62)).toEqual({ initial: 1_000, available: 1_000, reserved: 0, sold: 0 });
      const again = await desk.pay(orderId);
      expect([again.status, problemOf(again)]).toEqual([402, 'payment-declined']);
      const shipped = await desk.ship(orderId);
      expect([shipped.status, problemOf(shipped)]).toEqual([409, 'wrong-state']);
    });

    it('charges once when payment is asked for ten times at once', async () => {
      const orderId = await desk.reserve(63);
      const answers = await Promise.all(Array.from({ length: 10 }, () => desk.pay(orderId)));
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 202));
      await desk.untilStatus(orderId, 'PAID');
      expect(await desk.stockOf(63)).toMatchObject({ reserved: 0, sold: 1 });
      expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
    });

    it('asks the provider when its answer was lost, and charges once', async () => {
      stage.provider.setMode({ loseReplyShare: 1 });
      const orderId = await desk.reserve(64);
      await desk.pay(orderId);
      await desk.untilStatus(orderId, 'PAID');
      stage.provider.setMode({});
      expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
    });

    it('pays in the end when the provider was too slow for a while', async () => {
      stage.provider.setMode({ delayMs: 3_000 });
      const orderId = await desk.reserve(65);
      await desk.pay(orderId);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(await desk.statusOf(orderId)).toBe('PAYING');
      stage.provider.setMode({});
      await desk.untilStatus(orderId, 'PAID');
      expect(await desk.stockOf(65)).toMatchObject({ available: 999, sold: 1 });
    });

    it('has one effect when a message is delivered twice', async () => {
      const orderId = await desk.reserve(66);
      await desk.pay(orderId);
      await desk.untilStatus(orderId, 'PAID');
      const again = { orderId, amountCents: 1, cardToken: 'tok_visa' };
      await broker.publish('payments', JSON.stringify(again), randomUUID());
      await eventually(() => broker.depthOf('payments').then((depth) => depth === 0));
      expect(await desk.stockOf(66)).toMatchObject({ available: 999, reserved: 0, sold: 1 });
      expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
    });

    it('sets malformed messages aside, says why in the log, and goes on', async () => {
      await broker.publish('payments', 'no json', 'poison-1');
      await broker.publish('payments', '{"orderId":1}', 'poison-2');
      await broker.publish('cart', '{"seq":-1}', 'poison-3');
      await eventually(
        async () =>
          (await broker.depthOf('payments.dead')) === 2 && (await broker.depthOf('cart.dead')) === 1,
      );
      const log = await rig().worker.log();
      for (const id of ['poison-1', 'poison-2', 'poison-3']) expect(log).toContain(id);
      const orderId = await desk.reserve(67);
      await desk.pay(orderId);
      await desk.untilStatus(orderId, 'PAID');
      expect(rig().worker.process.state()).toBe('ready');
    });

    it('leaves the outbox empty', async () => {
      await eventually(async () => (await stage.rows('SELECT 1 FROM outbox')).length === 0);
    });

    it('shows an order to its customer only, and ships for admins only', async () => {
      const orderId = await desk.reserve(68);
      const read = await ask('GET', `${desk.urls[0]}/api/orders/${orderId}`, { token: desk.stranger.token });
      expect([read.status, problemOf(read)]).toEqual([404, 'not-found']);
      const paid = await desk.pay(orderId, 'tok_visa', desk.stranger);
      expect([paid.status, problemOf(paid)]).toEqual([404, 'not-found']);
      const shipped = await desk.ship(orderId, desk.buyer);
      expect([shipped.status, problemOf(shipped)]).toEqual([403, 'forbidden']);
      const missing = await desk.ship(randomUUID());
      expect([missing.status, problemOf(missing)]).toEqual([404, 'not-found']);
      expect(await desk.statusOf(orderId)).toBe('RESERVED');
    });

    it('names a bad order id and a missing card', async () => {
      const bad = await ask('GET', `${desk.urls[0]}/api/orders/17`, { token: desk.buyer.token });
      expect([bad.status, problemOf(bad)]).toEqual([400, 'invalid-request']);
      const noCard = await ask('POST', `${desk.urls[0]}/api/orders/${randomUUID()}/payments`, {
        token: desk.buyer.token,
        body: {},
      });
      expect(noCard.body['errors']).toEqual([expect.objectContaining({ field: 'body.cardToken' })]);
    });
  });
}
