import { systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, order, problemOf } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { FaultRig, Shopper } from './fault-rig.ts';
import { frozen, kill } from './frozen.ts';

/** What happens without the broker. */
export function brokerCases(rig: () => FaultRig): void {
  let stage: ShopStage;
  let orders: TestService;
  let shopper: Shopper;
  beforeAll(() => {
    ({ stage, orders, shopper } = rig());
  });

  describe('a broker', () => {
    it('that is frozen makes cart changes 503 with Retry-After, and serves again once thawed', async () => {
      const rabbitmq = stage.rabbitmq.process;
      const during = async (): Promise<void> => {
        const startedMs = systemClock.now();
        const answer = await shopper.putItem();
        expect([answer.status, problemOf(answer)]).toEqual([503, 'not-confirmed']);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(systemClock.now() - startedMs).toBeLessThan(5_000);
      };
      // Until both sides have missed their heartbeats.
      await frozen(rabbitmq, during, 8_000);
      await eventually(async () => (await shopper.putItem()).status === 202);
      await shopper.cartSettles();
    });

    it('that is killed comes back, and an accepted payment is made in the end', async () => {
      const created = await order(orders.url, shopper.token, { items: [{ sku: 71, quantity: 1 }] });
      const orderId = String(created.body['orderId']);
      kill(stage.rabbitmq.process);
      expect((await shopper.pay(orderId)).status).toBe(202);
      await shopper.untilStatus(orderId, 'PAID', 60_000);
      await eventually(async () => (await shopper.putItem()).status === 202);
      await shopper.cartSettles();
      expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
    });
  });
}
