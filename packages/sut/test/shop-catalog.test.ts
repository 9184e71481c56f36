import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyKinds } from '../src/policy/policy.ts';
import { ask, eventually, problemOf, type TestAnswer } from './shop-client.ts';
import { openRelay, type TestRelay } from './shop-relay.ts';
import { openShopStage, type ShopStage, type TestService, textOf } from './shop-stage.ts';

let stage: ShopStage;
let catalog: TestService;

beforeAll(async () => {
  stage = await openShopStage();
  catalog = await stage.start('catalog', 1);
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

const product = (query: string, base = catalog.url): Promise<TestAnswer> =>
  ask('GET', `${base}/api/product?${query}`);

describe('a product', () => {
  it('comes from the database first and from the cache next', async () => {
    const [row] = await stage.rows<{ name: string; price: number }>(
      'SELECT name, price_cents AS price FROM product WHERE id = 17',
    );
    const first = await product('id=17');
    expect([first.status, first.headers.get('x-cache')]).toEqual([200, 'miss']);
    expect(first.body).toEqual({
      id: 17,
      name: row?.name,
      description: expect.any(String),
      priceCents: row?.price,
      available: 1_000,
      version: 1,
    });
    await eventually(async () => (await product('id=17')).headers.get('x-cache') === 'hit');
    expect((await product('id=17')).body).toEqual(first.body);
  });

  it('that is not there is 404, also when asked again', async () => {
    for (let round = 0; round < 2; round += 1) {
      const answer = await product('id=10001');
      expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
    }
  });

  it.each(['', 'id=', 'id=x', 'id=0', 'id=-1', 'id=1.5', 'id=0x11', 'id=99999999999', 'id=1&id=2'])(
    'does not take %j for an id',
    async (query) => {
      const answer = await product(query);
      expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'query.id' })]);
    },
  );

  it('is asked of the database once by many at the same time', async () => {
    const before = await selects();
    const answers = await Promise.all(Array.from({ length: 50 }, () => product('id=18')));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    // Fewer than the readers; a few when they do not quite come together.
    expect((await selects()) - before).toBeLessThan(10);
  });
});

/** How many SELECTs the server has run; this question is one of them. */
async function selects(): Promise<number> {
  const [row] = await stage.rows<{ Value: string }>(`SHOW GLOBAL STATUS LIKE 'Com_select'`);
  return Number(row?.Value);
}

describe('a search', () => {
  const search = (query: string): Promise<TestAnswer> => ask('GET', `${catalog.url}/api/products?${query}`);

  it('finds products whose names have all the words, up to the limit', async () => {
    const { status, body } = await search('q=copper%20tea&limit=5');
    const items = body['items'] as readonly { readonly name: string }[];
    expect([status, items.length]).toEqual([200, 5]);
    for (const item of items) expect(item.name).toMatch(/Copper.*Teapot/);
    expect(Object.keys(items[0] ?? {})).toEqual(['id', 'name', 'priceCents']);
  });

  it('finds twenty when no limit is given, and nothing for words that no name has', async () => {
    expect((await search('q=oak')).body['items']).toHaveLength(20);
    expect((await search('q=zeppelin')).body).toEqual({ items: [] });
  });

  it('takes operators and quotes for plain text', async () => {
    for (const query of ['+oak -oak', '"oak', 'oak*)(', `oak' OR '1'='1`, 'oak@4', '~oak <oak']) {
      const { status } = await search(`q=${encodeURIComponent(query)}`);
      expect([query, status]).toEqual([query, 200]);
    }
  });

  it.each([
    ['query.q', ''],
    ['query.q', 'q='],
    ['query.q', 'q=ab'],
    ['query.q', `q=${'x'.repeat(101)}`],
    ['query.limit', 'q=oak&limit=101'],
    ['query.limit', 'q=oak&limit=x'],
    ['query.page', 'q=oak&page=2'],
  ])('names %s when it is wrong (%s)', async (field, query) => {
    const answer = await search(query);
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });
});

interface Reads {
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

/** Reads of ever other products, one each 20 ms whatever becomes of the ones before. */
async function readSteadily(base: string, forMs: number, firstId: number): Promise<Reads> {
  const untilMs = systemClock.now() + forMs;
  const reads: Promise<{ readonly tookMs: number; readonly isOk: boolean }>[] = [];
  for (let id = firstId; systemClock.now() < untilMs; id += 1) {
    const startedMs = systemClock.now();
    reads.push(
      product(`id=${id}`, base).then(({ status }) => ({
        tookMs: systemClock.now() - startedMs,
        isOk: status === 200,
      })),
    );
    await systemClock.sleep(20);
  }
  const done = await Promise.all(reads);
  return {
    latencies: done.map((read) => read.tookMs).toSorted((left, right) => left - right),
    failed: done.filter((read) => !read.isOk).length,
  };
}

async function metricsOf(base: string): Promise<string> {
  return (await fetch(`${base}/metrics`)).text();
}

function valueOf(metrics: string, name: string): number | undefined {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${name}{name="catalog.redis"}`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

describe.each(policyKinds)('a cache that falls silent, with policy %s', (policy) => {
  let relay: TestRelay;
  let guarded: TestService;
  let silent: Reads;
  const instance = 10 + policyKinds.indexOf(policy);
  const firstId = 1_000 * (1 + policyKinds.indexOf(policy));

  beforeAll(async () => {
    relay = await openRelay(stage.redis.address);
    guarded = await stage.start('catalog', instance, {
      SHOP_REDIS: textOf(relay.address),
      SHOP_POLICY_CACHE: policy,
      // Without any policy at all; a deadline would not wait for the client's last resort.
      ...(policy === 'none' ? { SHOP_POLICY_OVERLOAD: 'none' } : {}),
    });
    await readSteadily(guarded.url, 500, firstId);
    relay.setSilent(true);
    silent = await readSteadily(guarded.url, 4_000, firstId + 100);
  });

  afterAll(async () => {
    await guarded.process.stop();
    await relay.close();
  });

  it('never fails a read', () => {
    expect(silent.failed).toBe(0);
    expect(silent.latencies.length).toBeGreaterThan(100);
  });

  if (policy === 'none') {
    it('makes reads wait for the client’s last resort', () => {
      expect(silent.latencies[Math.floor(silent.latencies.length / 2)]).toBeGreaterThan(2_000);
    });

    it('shows no breaker', async () => {
      expect(await metricsOf(guarded.url)).not.toContain('stormcart_breaker');
    });
  } else {
    it('costs the few reads before the breaker opens a bounded wait, and the rest nothing', () => {
      const { latencies } = silent;
      expect(latencies[Math.floor(latencies.length * 0.5)]).toBeLessThan(100);
      expect(latencies[Math.floor(latencies.length * 0.99)]).toBeLessThan(400);
    });

    it('opens the breaker, refuses calls, and says so in the metrics', async () => {
      const metrics = await metricsOf(guarded.url);
      expect(valueOf(metrics, 'stormcart_breaker_opened_total')).toBeGreaterThanOrEqual(1);
      expect(valueOf(metrics, 'stormcart_breaker_refused_total')).toBeGreaterThan(10);
      expect([1, 2]).toContain(valueOf(metrics, 'stormcart_breaker_state'));
    });
  }

  it('comes back soon after the cache does', async () => {
    relay.setSilent(false);
    const startedMs = systemClock.now();
    const id = firstId + 900;
    await eventually(
      async () => (await product(`id=${id}`, guarded.url)).headers.get('x-cache') === 'hit',
      15_000,
    );
    // About a second on a quiet machine.
    if (policy !== 'none') expect(systemClock.now() - startedMs).toBeLessThan(5_000);
  });
});
