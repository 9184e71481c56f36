import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryKey } from '../../src/catalog/cache-entry.ts';
import { CLERK_EMAIL, seedCustomerEmail } from '../../src/schema/install-shop.ts';
import { ask, eventually, problemOf, type TestAnswer } from '../shop-client.ts';
import type { TestRelay } from '../shop-relay.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { openSession } from './open-session.ts';
import type { ShopRig } from './shop-rig.ts';

/** What an admin changes, and when customers see it. */
export function productChangeCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let direct: TestService;
  /** Its way to Redis can fall silent. */
  let relayed: TestService;
  let relay: TestRelay;
  let redis: Redis;
  let admin: string;
  let customer: string;
  beforeAll(async () => {
    ({
      stage,
      redis,
      redisRelay: relay,
      catalog: [direct, relayed],
    } = rig());
    admin = await openSession(stage, CLERK_EMAIL);
    customer = await openSession(stage, seedCustomerEmail(1));
  });

  const change = (id: number, body: unknown, service?: TestService, token?: string): Promise<TestAnswer> =>
    ask('PATCH', `${(service ?? direct).url}/api/products/${id}`, { token: token ?? admin, body });
  const read = (id: number, service?: TestService): Promise<TestAnswer> =>
    ask('GET', `${(service ?? direct).url}/api/product?id=${id}`);
  const stockOf = (id: number): Promise<readonly unknown[]> =>
    stage.rows('SELECT initial, available, reserved, sold FROM stock WHERE product_id = ?', [id]);
  const untilCached = (id: number, service?: TestService): Promise<void> =>
    eventually(async () => (await read(id, service)).headers.get('x-cache') === 'hit');
  const outboxIsEmpty = async (): Promise<boolean> => (await stage.rows('SELECT 1 FROM outbox')).length === 0;

  describe('a change of a product', () => {
    it('is for admins only, and says which field is wrong', async () => {
      const body = { priceCents: 100 };
      expect((await ask('PATCH', `${direct.url}/api/products/205`, { body })).status).toBe(401);
      expect((await change(205, body, direct, customer)).status).toBe(403);
      const wrong = await change(205, { priceCents: -1, colour: 'red' });
      expect([wrong.status, problemOf(wrong)]).toEqual([400, 'invalid-request']);
      const fields = (wrong.body['errors'] as readonly { readonly field: string }[]).map(
        ({ field }) => field,
      );
      expect(fields.toSorted()).toEqual(['body.colour', 'body.priceCents']);
      expect((await change(99_999, body)).status).toBe(404);
      expect((await read(205)).body['version']).toBe(1);
    });

    it('shows at once in every replica, whatever each of them had cached', async () => {
      await untilCached(220, direct);
      await untilCached(220, relayed);
      for (let round = 1; round <= 5; round += 1) {
        const priceCents = 100 + round;
        const { status, body } = await change(220, { priceCents, name: `Renamed ${round}` });
        expect([status, body]).toMatchObject([200, { id: 220, priceCents, version: round + 1 }]);
        for (const service of [direct, relayed]) {
          expect((await read(220, service)).body).toMatchObject({ priceCents, name: `Renamed ${round}` });
        }
      }
      await eventually(outboxIsEmpty);
      const changes = await stage.rows(
        `SELECT customer_id FROM audit_trail
       WHERE action = 'product.changed' AND JSON_VALUE(details, '$.productId') = 220`,
      );
      expect(changes).toHaveLength(5);
    });

    it('moves what there is and what is left together, and never takes what is not there', async () => {
      expect((await change(221, { stockDelta: 50 })).body['available']).toBe(1_050);
      expect((await change(221, { stockDelta: -1_050, priceCents: 7 })).body['available']).toBe(0);
      const short = await change(221, { stockDelta: -1, priceCents: 8 });
      expect([short.status, problemOf(short)]).toEqual([409, 'out-of-stock']);
      expect(await stockOf(221)).toEqual([{ initial: 0, available: 0, reserved: 0, sold: 0 }]);
      expect((await read(221)).body).toMatchObject({ priceCents: 7, available: 0, version: 3 });
    });

    it('adds nothing a second time when it names the version that it changes', async () => {
      const body = { stockDelta: 5, ifVersion: 1 };
      const [first, again] = [await change(222, body), await change(222, body)];
      expect([first.status, again.status, problemOf(again)]).toEqual([200, 409, 'product-changed']);
      expect(again.body['version']).toBe(2);
      expect(await stockOf(222)).toMatchObject([{ initial: 1_005, available: 1_005 }]);
    });

    it('by many at once loses none of them', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          change(223, { stockDelta: 1 }, index % 2 ? direct : relayed),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
      expect((await read(223)).body).toMatchObject({ version: 21, available: 1_020 });
    });

    it('reaches the cache in the end when Redis was away, and its message stays until then', async () => {
      await untilCached(224);
      const entry = async () =>
        JSON.parse((await redis.get(entryKey(224))) ?? 'null') as { version: number } | null;
      // Nobody voids: the replica that changes cannot, and the other one is stopped from doing it for it.
      signal(direct, 'SIGSTOP');
      relay.setSilent(true);
      try {
        expect((await change(224, { priceCents: 4_242 }, relayed)).status).toBe(200);
        expect(await entry()).toMatchObject({ version: 1 });
        expect(await outboxIsEmpty()).toBe(false);
        relay.setSilent(false);
        await eventually(outboxIsEmpty);
        expect(await entry()).toBeNull();
      } finally {
        relay.setSilent(false);
        signal(direct, 'SIGCONT');
      }
      expect((await read(224)).body).toMatchObject({ priceCents: 4_242, version: 2 });
    });
  });
}

function signal({ process: child }: TestService, name: NodeJS.Signals): void {
  const pid = child.pid();
  if (pid !== undefined) process.kill(pid, name);
}
