import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { seedCustomerEmail } from '../../src/schema/install-shop.ts';
import { ask, eventually, type TestAnswer } from '../shop-client.ts';
import type { TestRelay } from '../shop-relay.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { openSession } from './open-session.ts';
import type { ShopRig } from './shop-rig.ts';

const idsOf = ({ body }: TestAnswer): readonly number[] =>
  (body['items'] as readonly { readonly id: number }[]).map(({ id }) => id);

/** Recommendations. They begin where nothing was sold yet. */
export function recommendationCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let direct: TestService;
  let relayed: TestService;
  let relay: TestRelay;
  let redis: Redis;
  let customer: string;
  beforeAll(async () => {
    ({
      stage,
      redis,
      redisRelay: relay,
      catalog: [direct, relayed],
    } = rig());
    customer = await openSession(stage, seedCustomerEmail(1));
  });

  describe('recommendations', () => {
    const recommend = (query: string, token?: string): Promise<TestAnswer> =>
      ask('GET', `${direct.url}/api/recommendations?${query}`, token === undefined ? {} : { token });
    /** As the saga leaves it, a minute ago. */
    async function pay(customerId: number, products: readonly number[]): Promise<void> {
      const id = randomUUID();
      await stage.rows(
        `INSERT INTO orders (id, customer_id, idempotency_key, status, total_cents) VALUES (?, ?, ?, 'PAID', 1)`,
        [id, customerId, id],
      );
      for (const product of products) {
        await stage.rows(
          'INSERT INTO order_item (order_id, product_id, quantity, price_cents) VALUES (?, ?, 1, 1)',
          [id, product],
        );
      }
      await stage.rows(
        `INSERT INTO order_event (order_id, from_status, to_status, at)
       VALUES (?, 'PAYING', 'PAID', NOW(3) - INTERVAL 1 MINUTE)`,
        [id],
      );
    }

    it('are what sells best as long as nothing was bought together', async () => {
      await stage.rows('UPDATE stock SET sold = 9, initial = initial + 9 WHERE product_id = 77');
      const answer = await recommend('productId=31&limit=3');
      expect([answer.status, answer.body['basis'], answer.headers.get('x-degraded')]).toEqual([
        200,
        'popular',
        null,
      ]);
      expect(idsOf(answer)).toEqual([77, 1, 2]);
    });

    it('are what others bought along, each purchase counted once by several replicas', async () => {
      await pay(2, [31, 32]);
      await pay(2, [31, 32, 33]);
      await pay(1, [31, 34]);
      await pay(1, [40]);
      // The last of them: a feed may look in between.
      await eventually(async () => idsOf(await recommend('productId=31&limit=3')).includes(34));
      expect(idsOf(await recommend('productId=31&limit=4'))).toEqual([32, 33, 34, 77]);
      const [key] = await redis.keys('co-purchase:v1:*:31');
      expect(await redis.zrange(key ?? '', '0', '-1', 'WITHSCORES')).toEqual([
        '33',
        '1',
        '34',
        '1',
        '32',
        '2',
      ]);
    });

    it('start from what the customer of the session bought', async () => {
      const answer = await recommend('limit=8', customer);
      expect(answer.body['basis']).toBe('coPurchases');
      expect(idsOf(answer).slice(0, 2)).toEqual([32, 33]);
      expect(idsOf(answer)).not.toContain(31);
      expect((await recommend('', 'x'.repeat(43))).status).toBe(401);
    });

    it('come back by themselves after Redis forgot everything', async () => {
      await redis.flushall();
      await eventually(async () => (await recommend('productId=32')).body['basis'] === 'coPurchases');
      expect(idsOf(await recommend('productId=32&limit=2'))).toEqual([31, 33]);
    });

    it.each(['productId=0', 'productId=x', 'limit=21', 'page=2'])('refuse %s', async (query) => {
      expect((await recommend(query)).status).toBe(400);
    });

    it('are popular products that say so while Redis is dead', async () => {
      relay.setSilent(true);
      const answer = await ask('GET', `${relayed.url}/api/recommendations?productId=31&limit=2`);
      relay.setSilent(false);
      expect([answer.status, answer.headers.get('x-degraded')]).toEqual([200, 'popular']);
      expect(idsOf(answer)).toHaveLength(2);
    });
  });
}
