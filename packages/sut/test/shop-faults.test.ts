import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { leasePort, signalTree, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, order, problemOf, type TestCustomer } from './shop-client.ts';
import { openRelay } from './shop-relay.ts';
import { openShopStage, type ShopStage, type TestService, textOf } from './shop-stage.ts';

let stage: ShopStage;
let account: TestService;
let orders: TestService;
let workers: readonly TestService[];
let shopper: TestCustomer;

beforeAll(async () => {
  stage = await openShopStage();
  [account, orders] = await Promise.all([stage.start('account', 1), stage.start('orders', 1)]);
  workers = await Promise.all([stage.start('worker', 1), stage.start('worker', 2)]);
  shopper = await logIn(account.url, 'customer-1@example.test');
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

let seq = 0;
const putItem = (sku = 7) => {
  seq += 1;
  return ask('PUT', `${account.url}/api/cart/items/${sku}`, {
    token: shopper.token,
    body: { quantity: (seq % 99) + 1, seq, opId: randomUUID() },
  });
};

const cartSettles = (minSeq: number) =>
  eventually(async () => {
    const cart = await ask('GET', `${account.url}/api/cart?minSeq=${minSeq}`, { token: shopper.token });
    return cart.status === 200;
  }, 60_000);

async function signalled(pid: number | undefined, ms: number, during: () => Promise<void>): Promise<void> {
  if (pid === undefined) throw new Error('the store does not run');
  const thawsAt = systemClock.now() + ms;
  signalTree(pid, 'SIGSTOP');
  try {
    await during();
    await systemClock.sleep(Math.max(0, thawsAt - systemClock.now()));
  } finally {
    signalTree(pid, 'SIGCONT');
  }
}

describe('a broker', () => {
  it('that is frozen makes cart changes 503 with Retry-After, and serves again once thawed', async () => {
    await signalled(stage.rabbitmq.process.pid(), 8_000, async () => {
      const startedMs = systemClock.now();
      const answer = await putItem();
      expect([answer.status, problemOf(answer)]).toEqual([503, 'not-confirmed']);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(systemClock.now() - startedMs).toBeLessThan(5_000);
    });
    await eventually(async () => (await putItem()).status === 202);
    await cartSettles(seq);
  });

  it('that is killed comes back, and an accepted payment is made in the end', async () => {
    const created = await order(orders.url, shopper.token, { items: [{ sku: 71, quantity: 1 }] });
    const orderId = String(created.body['orderId']);
    const pid = stage.rabbitmq.process.pid();
    if (pid !== undefined) signalTree(pid, 'SIGKILL');
    const paying = await ask('POST', `${orders.url}/api/orders/${orderId}/payments`, {
      token: shopper.token,
      body: { cardToken: 'tok_visa' },
    });
    expect(paying.status).toBe(202);
    await eventually(async () => {
      const read = await ask('GET', `${orders.url}/api/orders/${orderId}`, { token: shopper.token });
      return read.body['status'] === 'PAID';
    }, 60_000);
    await eventually(async () => (await putItem()).status === 202);
    await cartSettles(seq);
    expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
  });
});

describe('a database', () => {
  it('that falls silent makes requests 503 within their bound, and serves again at once', async () => {
    const relay = await openRelay(stage.mariadb.address);
    const catalog = await stage.start('catalog', 1, { SHOP_MARIADB: textOf(relay.address) });
    try {
      const search = () => ask('GET', `${catalog.url}/api/products?q=oak`);
      expect((await search()).status).toBe(200);
      relay.setSilent(true);
      const startedMs = systemClock.now();
      const answers = await Promise.all(Array.from({ length: 20 }, search));
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 503));
      // Those in the bulkhead wait for the database; the others hear that there is no place.
      const problems = new Set(answers.map((answer) => problemOf(answer)));
      expect(problems).toContain('store-unavailable');
      expect([...problems].filter((name) => name !== 'store-unavailable' && name !== 'busy')).toEqual([]);
      expect(systemClock.now() - startedMs).toBeLessThan(12_000);
      relay.setSilent(false);
      await eventually(async () => (await search()).status === 200, 10_000);
      const after = await Promise.all(Array.from({ length: 20 }, search));
      expect(after.map((answer) => answer.status)).toEqual(after.map(() => 200));
    } finally {
      await catalog.process.stop();
      await relay.close();
    }
  });

  it('that is killed in mid-work loses no order and no payment', async () => {
    const orderIds: string[] = [];
    const buy = async (): Promise<void> => {
      const created = await order(orders.url, shopper.token, { items: [{ sku: 72, quantity: 1 }] });
      if (created.status !== 201) return;
      const orderId = String(created.body['orderId']);
      orderIds.push(orderId);
      await ask('POST', `${orders.url}/api/orders/${orderId}/payments`, {
        token: shopper.token,
        body: { cardToken: 'tok_visa' },
      });
    };
    const pid = stage.mariadb.process.pid();
    const buying = Array.from({ length: 60 }, async (_, index) => {
      await systemClock.sleep(index * 50);
      await buy();
    });
    await systemClock.sleep(1_000);
    if (pid !== undefined) signalTree(pid, 'SIGKILL');
    await Promise.all(buying);
    expect(orderIds.length).toBeGreaterThan(5);
    await eventually(async () => {
      const [left] = await stage.rows<{ count: number }>(
        `SELECT COUNT(*) AS count FROM orders WHERE status = 'PAYING'`,
      );
      return left?.count === 0;
    }, 60_000);
    const stored = await stage.rows<{ id: string }>('SELECT id FROM orders');
    const ids = new Set(stored.map((row) => row.id));
    expect(orderIds.filter((id) => !ids.has(id))).toEqual([]);
    const paid = await stage.rows<{ id: string }>(`SELECT id FROM orders WHERE status = 'PAID'`);
    const captured = stage.provider.charges().map((charge) => charge.orderId);
    expect(new Set(captured)).toEqual(new Set(paid.map((row) => row.id)));
    expect(captured).toHaveLength(paid.length);
    const [stock] = await stage.rows<{ initial: number; sum: number }>(
      'SELECT initial, available + reserved + sold AS sum FROM stock WHERE product_id = 72',
    );
    expect(stock?.sum).toBe(stock?.initial);
  });
});

describe('a worker', () => {
  it('that is killed leaves its work to the other', async () => {
    const created = await order(orders.url, shopper.token, { items: [{ sku: 73, quantity: 1 }] });
    const orderId = String(created.body['orderId']);
    const pid = workers[0]?.process.pid();
    if (pid !== undefined) signalTree(pid, 'SIGKILL');
    await ask('POST', `${orders.url}/api/orders/${orderId}/payments`, {
      token: shopper.token,
      body: { cardToken: 'tok_visa' },
    });
    expect((await putItem()).status).toBe(202);
    await cartSettles(seq);
    await eventually(async () => {
      const read = await ask('GET', `${orders.url}/api/orders/${orderId}`, { token: shopper.token });
      return read.body['status'] === 'PAID';
    });
  });
});

describe('a process', () => {
  it('finishes the request under way on SIGTERM, then exits with 0', async () => {
    const service = await stage.start('orders', 9);
    const held = await stage.hold('SELECT 1 FROM stock WHERE product_id = 74 FOR UPDATE', []);
    const answer = order(service.url, shopper.token, { items: [{ sku: 74, quantity: 1 }] });
    await systemClock.sleep(300);
    const stopped = service.process.stop();
    await systemClock.sleep(300);
    await held.rollBack();
    expect((await answer).status).toBe(201);
    await stopped;
    const lines = (await service.log()).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'info', msg: 'stopped' });
  });

  it('listens and is not ready while its stores are not there', async () => {
    const relay = await openRelay({ host: '127.0.0.1', port: 1 });
    const lease = await leasePort();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../src/orders/main.ts', import.meta.url))],
      {
        env: {
          SHOP_SERVICE: 'orders',
          SHOP_INSTANCE: '8',
          SHOP_PORT: String(lease.port),
          SHOP_MARIADB: textOf(relay.address),
          SHOP_MARIADB_USER: 'shop',
          SHOP_MARIADB_PASSWORD: 'x',
          SHOP_MARIADB_DATABASE: 'shop',
        },
        stdio: 'ignore',
      },
    );
    const base = `http://127.0.0.1:${lease.port}`;
    try {
      await eventually(async () => (await fetch(`${base}/livez`)).status === 200);
      const ready = await ask('GET', `${base}/readyz`);
      expect([ready.status, ready.body]).toEqual([503, { isReady: false, missing: ['mariadb'] }]);
    } finally {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      await relay.close();
      await lease.close();
      expect(code).toBe(0);
    }
  });

  it('ends with 1 and names every bad variable, but no value', async () => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../src/catalog/main.ts', import.meta.url))],
      { env: { SHOP_SERVICE: 'catalog', SHOP_MARIADB_PASSWORD: 'hush', SHOP_PORT: 'x' }, stdio: 'pipe' },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(1);
    for (const name of ['INSTANCE', 'PORT', 'MARIADB', 'REDIS', 'POLICY_CACHE', 'POLICY_RECOMMENDATION']) {
      expect(text).toContain(`SHOP_${name}:`);
    }
    expect(text).not.toContain('hush');
  });
});
