import { randomBytes, randomUUID } from 'node:crypto';
import { createRandom, type Random } from '@stormcart/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProductCache } from '../src/catalog/cache.ts';
import { encodeEntry, entryKey } from '../src/catalog/cache-entry.ts';
import { CacheModel } from '../src/catalog/cache-model.ts';
import { CLERK_EMAIL, seedCustomerEmail } from '../src/schema/install-shop.ts';
import { hashToken } from '../src/service/authentication.ts';
import { ask, eventually, problemOf, type TestAnswer } from './shop-client.ts';
import { openRelay, type TestRelay } from './shop-relay.ts';
import { openShopStage, type ShopStage, type TestService, textOf } from './shop-stage.ts';

let stage: ShopStage;
let direct: TestService;
/** Its way to Redis can fall silent. */
let relayed: TestService;
let relay: TestRelay;
let redis: Redis;
let admin: string;
let customer: string;

beforeAll(async () => {
  stage = await openShopStage();
  relay = await openRelay(stage.redis.address);
  redis = new Redis(stage.redis.address.port, stage.redis.address.host);
  [direct, relayed] = await Promise.all([
    stage.start('catalog', 1),
    stage.start('catalog', 2, { SHOP_REDIS: textOf(relay.address) }),
  ]);
  admin = await openSession(CLERK_EMAIL);
  customer = await openSession(seedCustomerEmail(1));
});

afterAll(async () => {
  redis.disconnect();
  await relay.close();
  expect(await stage.close()).toEqual([]);
});

/** As a log-in leaves it, without the service that logs in. */
async function openSession(email: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await stage.rows(
    `INSERT INTO session (token_hash, customer_id, expires_at)
     SELECT UNHEX(?), id, NOW(3) + INTERVAL 1 HOUR FROM customer WHERE email = ?`,
    [hashToken(token).toString('hex'), email],
  );
  return token;
}

const read = (id: number, { url } = direct): Promise<TestAnswer> => ask('GET', `${url}/api/product?id=${id}`);

const change = (id: number, body: unknown, { url } = direct, token = admin): Promise<TestAnswer> =>
  ask('PATCH', `${url}/api/products/${id}`, { token, body });

async function stockOf(id: number): Promise<readonly unknown[]> {
  return stage.rows('SELECT initial, available, reserved, sold FROM stock WHERE product_id = ?', [id]);
}

async function untilCached(id: number, service = direct): Promise<void> {
  await eventually(async () => (await read(id, service)).headers.get('x-cache') === 'hit');
}

const outboxIsEmpty = async (): Promise<boolean> => (await stage.rows('SELECT 1 FROM outbox')).length === 0;

function signal({ process: child }: TestService, name: NodeJS.Signals): void {
  const pid = child.pid();
  if (pid !== undefined) process.kill(pid, name);
}

describe('a change of a product', () => {
  it('is for admins only, and says which field is wrong', async () => {
    const body = { priceCents: 100 };
    expect((await ask('PATCH', `${direct.url}/api/products/5`, { body })).status).toBe(401);
    expect((await change(5, body, direct, customer)).status).toBe(403);
    const wrong = await change(5, { priceCents: -1, colour: 'red' });
    expect([wrong.status, problemOf(wrong)]).toEqual([400, 'invalid-request']);
    const fields = (wrong.body['errors'] as readonly { readonly field: string }[]).map(({ field }) => field);
    expect(fields.toSorted()).toEqual(['body.colour', 'body.priceCents']);
    expect((await change(99_999, body)).status).toBe(404);
    expect((await read(5)).body['version']).toBe(1);
  });

  it('shows at once in every replica, whatever each of them had cached', async () => {
    await untilCached(20, direct);
    await untilCached(20, relayed);
    for (let round = 1; round <= 5; round += 1) {
      const priceCents = 100 + round;
      const { status, body } = await change(20, { priceCents, name: `Renamed ${round}` });
      expect([status, body]).toMatchObject([200, { id: 20, priceCents, version: round + 1 }]);
      for (const service of [direct, relayed]) {
        expect((await read(20, service)).body).toMatchObject({ priceCents, name: `Renamed ${round}` });
      }
    }
    await eventually(outboxIsEmpty);
    const changes = await stage.rows(
      `SELECT customer_id FROM audit_trail
       WHERE action = 'product.changed' AND JSON_VALUE(details, '$.productId') = 20`,
    );
    expect(changes).toHaveLength(5);
  });

  it('moves what there is and what is left together, and never takes what is not there', async () => {
    expect((await change(21, { stockDelta: 50 })).body['available']).toBe(1_050);
    expect((await change(21, { stockDelta: -1_050, priceCents: 7 })).body['available']).toBe(0);
    const short = await change(21, { stockDelta: -1, priceCents: 8 });
    expect([short.status, problemOf(short)]).toEqual([409, 'out-of-stock']);
    expect(await stockOf(21)).toEqual([{ initial: 0, available: 0, reserved: 0, sold: 0 }]);
    expect((await read(21)).body).toMatchObject({ priceCents: 7, available: 0, version: 3 });
  });

  it('adds nothing a second time when it names the version that it changes', async () => {
    const body = { stockDelta: 5, ifVersion: 1 };
    const [first, again] = [await change(22, body), await change(22, body)];
    expect([first.status, again.status, problemOf(again)]).toEqual([200, 409, 'product-changed']);
    expect(again.body['version']).toBe(2);
    expect(await stockOf(22)).toMatchObject([{ initial: 1_005, available: 1_005 }]);
  });

  it('by many at once loses none of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => change(23, { stockDelta: 1 }, index % 2 ? direct : relayed)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await read(23)).body).toMatchObject({ version: 21, available: 1_020 });
  });

  it('reaches the cache in the end when Redis was away, and its message stays until then', async () => {
    await untilCached(24);
    const entry = async () =>
      JSON.parse((await redis.get(entryKey(24))) ?? 'null') as { version: number } | null;
    // Nobody voids: the replica that changes cannot, and the other one is stopped from doing it for it.
    signal(direct, 'SIGSTOP');
    relay.setSilent(true);
    try {
      expect((await change(24, { priceCents: 4_242 }, relayed)).status).toBe(200);
      expect(await entry()).toMatchObject({ version: 1 });
      expect(await outboxIsEmpty()).toBe(false);
      relay.setSilent(false);
      await eventually(outboxIsEmpty);
      expect(await entry()).toBeNull();
    } finally {
      relay.setSilent(false);
      signal(direct, 'SIGCONT');
    }
    expect((await read(24)).body).toMatchObject({ priceCents: 4_242, version: 2 });
  });
});

describe('the scripts in Redis', () => {
  /** One random step of a reader or a change, on both; and what each said to it. */
  async function step(
    random: Random,
    caches: readonly [CacheModel, ReturnType<typeof createProductCache>],
    leases: Map<string, string>[],
  ) {
    const id = random.integer(900_001, 900_003);
    const reader = `${id}/${random.integer(1, 3)}`;
    const kind = random.pick(['lease', 'fill', 'fill', 'void', 'flush', 'damage']);
    const version = random.integer(0, 4);
    const text = JSON.stringify({ version });
    if (kind === 'flush' && random.chance(0.7)) return [];
    const said: unknown[] = [];
    for (const [index, cache] of caches.entries()) {
      const own = leases[index] ?? new Map<string, string>();
      if (kind === 'lease') own.set(reader, await cache.lease(id));
      if (kind === 'fill')
        said.push(await cache.fill(id, own.get(reader) ?? 'none', { version, text, hardMs: 60_000 }));
      if (kind === 'void') await cache.voidOlder(id, version);
    }
    if (kind === 'flush') {
      caches[0].forget();
      await redis.flushall();
    }
    if (kind === 'damage') {
      caches[0].entries.set(id, '{"version":');
      await redis.set(entryKey(id), '{"version":');
    }
    const left = [await caches[0].read(id), await caches[1].read(id)];
    expect(left[1]).toBe(left[0]);
    return said;
  }

  it('do what their model does', async () => {
    const random = createRandom('scripts');
    const caches = [new CacheModel(), createProductCache(redis)] as const;
    const leases = [new Map<string, string>(), new Map<string, string>()];
    const outcomes = new Set<unknown>();
    for (let round = 0; round < 1_500; round += 1) {
      const said = await step(random, caches, leases);
      expect(said[1]).toBe(said[0]);
      outcomes.add(said[0]);
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['stored', 'older', 'voided']));
  });

  it('end an entry at its hard end, and outlive a server that forgot them', async () => {
    await redis.script('FLUSH');
    const cache = createProductCache(redis);
    const text = encodeEntry({ finding: { kind: 'absent' }, softUntilMs: 0, loadMs: 0 });
    const lease = await cache.lease(900_009);
    expect(await cache.fill(900_009, lease, { version: 0, text, hardMs: 60_000 })).toBe('stored');
    expect(await redis.pttl(entryKey(900_009))).toBeGreaterThan(50_000);
  });
});

const idsOf = ({ body }: TestAnswer): readonly number[] =>
  (body['items'] as readonly { readonly id: number }[]).map(({ id }) => id);

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
    expect(await redis.zrange(key ?? '', '0', '-1', 'WITHSCORES')).toEqual(['33', '1', '34', '1', '32', '2']);
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
