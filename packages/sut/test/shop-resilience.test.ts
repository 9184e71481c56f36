import { randomUUID } from 'node:crypto';
import { systemClock as clock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bulkheadFigures, deadlineMs, policyFigures, sheddingFigures } from '../src/policy/figures.ts';
import { type ConflictRetries, openDatabase } from '../src/service/database/database.ts';
import { ask, eventually, logIn, order, problemOf, type TestAnswer } from './shop-client.ts';
import { openShopStage, type ShopStage, type TestService } from './shop-stage.ts';

let stage: ShopStage;
let catalog: TestService;
let account: TestService;
let orders: TestService;

beforeAll(async () => {
  stage = await openShopStage();
  [catalog, account, orders] = await Promise.all([
    stage.start('catalog', 1, { SHOP_POLICY_CACHE: 'none' }),
    stage.start('account', 1),
    stage.start('orders', 1),
  ]);
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

async function frozen(pid: number | undefined, work: () => Promise<void>): Promise<void> {
  if (pid === undefined) throw new Error('it does not run');
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function metricsOf({ url }: TestService): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

function count(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}

const ordersStored = async (): Promise<number> =>
  (await stage.rows<{ readonly stored: number }>('SELECT COUNT(*) AS stored FROM orders'))[0]?.stored ?? -1;

describe('a deadline', () => {
  it('that has passed on arrival begins nothing', async () => {
    const { token } = await logIn(account.url, 'customer-1@example.test');
    const before = await ordersStored();
    const answer = await ask('POST', `${orders.url}/api/orders`, {
      token,
      headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '0' },
      body: { items: [{ sku: 1, quantity: 1 }] },
    });
    expect(answer.status).toBe(504);
    expect(problemOf(answer)).toBe('deadline-passed');
    expect(await ordersStored()).toBe(before);
  });

  it('that passes inside a transaction rolls it back', async () => {
    const { token } = await logIn(account.url, 'customer-2@example.test');
    const before = await ordersStored();
    const lock = await stage.hold('UPDATE stock SET available = available WHERE product_id = ?', [2]);
    const startedMs = clock.now();
    const answer = ask('POST', `${orders.url}/api/orders`, {
      token,
      headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '400' },
      body: { items: [{ sku: 2, quantity: 1 }] },
    });
    await clock.sleep(600);
    await lock.rollBack();
    const { status } = await answer;
    expect([503, 504]).toContain(status);
    expect(clock.now() - startedMs).toBeLessThan(deadlineMs.checkout);
    expect(await ordersStored()).toBe(before);
    const [stock] = await stage.rows<{ readonly reserved: number }>(
      'SELECT reserved FROM stock WHERE product_id = ?',
      [2],
    );
    expect(stock?.reserved).toBe(0);
    // The customer comes back with all the time there is.
    expect((await order(orders.url, token, { items: [{ sku: 2, quantity: 1 }] })).status).toBe(201);
  });

  it('bounds an answer even where no policy bounds the cache', async () => {
    const startedMs = clock.now();
    await frozen(stage.redis.process.pid(), async () => {
      const answer = await ask('GET', `${catalog.url}/api/product?id=40`, {
        headers: { 'x-deadline-ms': '300' },
      });
      expect(answer.status).toBe(504);
    });
    expect(clock.now() - startedMs).toBeLessThan(policyFigures.cache.lastResortMs - 1_000);
  });
});

describe('a process with more to do than it can', () => {
  it('turns away browsing at its limit, quickly and with a time to come back', async () => {
    const limit = sheddingFigures.limits.browse.inFlight;
    const quick: TestAnswer[] = [];
    await frozen(stage.redis.process.pid(), async () => {
      const all = Array.from({ length: limit + 50 }, async (_, index) => {
        const answer = await ask('GET', `${catalog.url}/api/product?id=${100 + index}`);
        if (answer.status === 503) quick.push(answer);
      });
      await eventually(() => Promise.resolve(quick.length >= 50));
      await Promise.race([Promise.all(all), clock.sleep(0)]);
    });
    expect(quick.every(({ headers }) => headers.get('retry-after') !== null)).toBe(true);
    expect(problemOf(quick[0] as TestAnswer)).toBe('busy');
    expect(
      count(await metricsOf(catalog), 'stormcart_requests_shed_total{priority="browse"}'),
    ).toBeGreaterThanOrEqual(50);
    // And serves again once it is calm.
    await eventually(async () => (await ask('GET', `${catalog.url}/api/product?id=1`)).status === 200);
    await eventually(async () => count(await metricsOf(catalog), 'stormcart_shed_level') === 0);
  });

  it('lets searches take their share of the database and no more', async () => {
    const { runningMax, waitingMax, waitMs } = bulkheadFigures.search;
    const statuses: number[] = [];
    await frozen(stage.mariadb.process.pid(), async () => {
      const searches = Array.from({ length: runningMax + waitingMax + 20 }, async () => {
        statuses.push((await ask('GET', `${catalog.url}/api/products?q=lamp`)).status);
      });
      await eventually(() => Promise.resolve(statuses.length >= 20 + waitingMax), waitMs + 10_000);
      void Promise.allSettled(searches);
    });
    expect(statuses.every((status) => status === 503)).toBe(true);
    expect(
      count(await metricsOf(catalog), 'stormcart_bulkhead_refused_total{name="search"}'),
    ).toBeGreaterThanOrEqual(20 + waitingMax);
    await eventually(async () => (await ask('GET', `${catalog.url}/api/products?q=lamp`)).status === 200);
  });

  it('answers a rush of buyers in turn instead of refusing them', async () => {
    const { token } = await logIn(account.url, 'customer-3@example.test');
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => order(orders.url, token, { items: [{ sku: 3, quantity: 1 }] })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('takes everything when the protection is off', async () => {
    const open = await stage.start('orders', 2, { SHOP_POLICY_OVERLOAD: 'none' });
    const { token } = await logIn(account.url, 'customer-4@example.test');
    const answer = await ask('POST', `${open.url}/api/orders`, {
      token,
      headers: { 'idempotency-key': randomUUID(), 'x-deadline-ms': '0' },
      body: { items: [{ sku: 4, quantity: 1 }] },
    });
    expect(answer.status).toBe(201);
    expect(await metricsOf(open)).not.toContain('stormcart_shed_level');
  });
});

describe('a transaction that waits for a lock in vain', () => {
  async function attemptsWith(retries: ConflictRetries): Promise<number> {
    const { mariadb } = stage;
    const database = openDatabase(
      {
        SHOP_MARIADB: mariadb.address,
        SHOP_MARIADB_USER: mariadb.account.user,
        SHOP_MARIADB_PASSWORD: mariadb.account.password,
        SHOP_MARIADB_DATABASE: mariadb.database,
      },
      clock,
      retries,
    );
    let attempts = 0;
    const outcome = database.transaction(async (session) => {
      attempts += 1;
      await session.change('UPDATE stock SET available = available WHERE product_id = 9');
      return { kind: 'commit', result: undefined };
    });
    await expect(outcome).rejects.toMatchObject({ errno: 1205 });
    await database.close();
    return attempts;
  }

  it('goes again under a request, and not where its caller repeats the whole', async () => {
    const lock = await stage.hold('UPDATE stock SET available = available WHERE product_id = ?', [9]);
    const attempts = await Promise.all([attemptsWith('here'), attemptsWith('by the caller')]);
    await lock.rollBack();
    expect(attempts[0]).toBeGreaterThan(1);
    expect(attempts[1]).toBe(1);
  });
});

it('shows the breakers of those dependencies whose policy has one, and no others', async () => {
  // Catalog was started without a policy on its cache, with one on recommendations.
  const none = { SHOP_POLICY_PAYMENT: 'none', SHOP_POLICY_FRAUD: 'opossum' };
  const worker = await stage.start('worker', 1, none);
  const shown = async (service: TestService): Promise<readonly string[]> => {
    const states = (await metricsOf(service)).matchAll(/^stormcart_breaker_state\{name="([^"]+)"\}/gm);
    return [...states].map(([, name = '']) => name);
  };
  expect([await shown(catalog), await shown(worker)]).toEqual([['catalog.recommendation'], ['worker.fraud']]);
  await worker.process.stop();
});

it("shows a breaker's state, transitions and wasted calls", async () => {
  const guarded = await stage.start('catalog', 2, { SHOP_POLICY_CACHE: 'opossum' });
  await frozen(stage.redis.process.pid(), async () => {
    await eventually(async () => {
      const asked = Array.from({ length: 10 }, (_, index) =>
        ask('GET', `${guarded.url}/api/product?id=${500 + index}`),
      );
      await Promise.all(asked);
      const text = await metricsOf(guarded);
      return count(text, 'stormcart_breaker_transitions_total{name="catalog.redis",to="open"}') > 0;
    });
    const text = await metricsOf(guarded);
    expect(count(text, 'stormcart_breaker_wasted_total{name="catalog.redis"}')).toBeGreaterThan(0);
    expect(count(text, 'stormcart_breaker_overflow_total{name="catalog.redis"}')).toBe(0);
  });
  await eventually(async () => {
    await ask('GET', `${guarded.url}/api/product?id=500`);
    const text = await metricsOf(guarded);
    return count(text, 'stormcart_breaker_state{name="catalog.redis"}') === 0;
  });
});
