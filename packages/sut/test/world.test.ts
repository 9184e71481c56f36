import {
  createRandom,
  createZipf,
  type Journey,
  type Operation,
  type OperationOutcome,
  type Reply,
  type RequestSpec,
  systemClock,
  type Visit,
} from '@stormcart/core';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bulkheadFigures } from '../src/policy/figures.ts';
import { shopInvariants } from '../src/world/invariants/invariants.ts';
import { createShopWorld, type ShopWorld } from '../src/world/shop-world.ts';
import { openShopStage, type ShopStage } from './shop-stage.ts';

let stage: ShopStage;
let world: ShopWorld;
/** Where each part of the API is served; longest prefix first. */
let routes: readonly (readonly [prefix: string, url: string])[];
const operations: Operation[] = [];
const wrong: string[] = [];

beforeAll(async () => {
  stage = await openShopStage();
  const [catalog, account, orders] = await Promise.all([
    stage.start('catalog', 1),
    stage.start('account', 1),
    stage.start('orders', 1),
    stage.start('worker', 1),
  ]);
  routes = [
    ['/api/orders', orders.url],
    ['/api/product', catalog.url],
    ['/api/', account.url],
  ];
  const { mariadb, redis, rabbitmq, provider } = stage;
  world = createShopWorld({
    clock: systemClock,
    payments: provider,
    logFolder: stage.logFolder,
    stores: {
      mariadb: { ...mariadb.address, ...mariadb.account, database: mariadb.database },
      redis: redis.address,
      rabbitmq: { ...rabbitmq.address, vhost: rabbitmq.virtualHost },
    },
  });
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

/** Of the seeded catalogue. */
const choosePopular = createZipf(10_000, 1);

/** What the load driver is to a drill, one request after the other. */
function createVisit(journey: Journey, arrival: number): Visit {
  const random = createRandom(`${journey.name}/${arrival}`);
  return {
    arrival,
    random,
    choosePopular: () => choosePopular(random),
    pause: (ms) => systemClock.sleep(ms),
    request: async (spec) => {
      const reply = await send(spec);
      const expected = reply.status !== undefined && spec.expect(reply.status, reply.body);
      if (!expected) {
        wrong.push(
          `${spec.method} ${spec.path} of ${journey.name}: ${reply.status} ${JSON.stringify(reply.body)}`,
        );
      }
      if (spec.operation !== undefined) record(journey.name, spec.operation, reply);
      return { ...reply, outcome: expected ? 'ok' : 'httpError' };
    },
  };
}

async function send(spec: RequestSpec): Promise<Reply> {
  const [, url] = routes.find(([prefix]) => spec.path.startsWith(prefix)) ?? ['', ''];
  const response = await fetch(url + spec.path, {
    method: spec.method,
    headers: { ...spec.headers, ...(spec.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(spec.body === undefined ? {} : { body: JSON.stringify(spec.body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { outcome: 'ok', status: response.status, headers: Object.fromEntries(response.headers), body };
}

function record(
  journey: string,
  spec: NonNullable<RequestSpec['operation']>,
  { status = 0, body }: Reply,
): void {
  const outcome: OperationOutcome = status < 300 ? 'ok' : status < 500 ? 'fail' : 'info';
  const { action, key, input, output } = spec;
  const index = operations.length + 1;
  operations.push({
    index,
    action,
    key,
    journey,
    customer: `visit-${index}`,
    sentMs: 0,
    endedMs: 0,
    outcome,
    status,
    input,
    ...(output === undefined ? {} : { output: output(status, body) }),
  });
}

/** No more at once than may log in: one who is turned away from there would be nobody's mistake. */
const WALKERS = bulkheadFigures.login.runningMax + 1;

/** Every journey some times, a few visits at once. */
async function visitAll(): Promise<void> {
  const plan = world.journeys.flatMap((journey) =>
    Array.from({ length: journey.name === 'checkout' ? 30 : 15 }, () => journey),
  );
  const waiting = plan.map((journey, arrival) => ({ journey, arrival }));
  const walk = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await next.journey.run(createVisit(next.journey, next.arrival));
    }
  };
  await Promise.all(Array.from({ length: WALKERS }, walk));
}

/** Every attack once, and poison. */
async function probeAll(): Promise<void> {
  for (let arrival = 0; arrival < 9; arrival += 1) {
    await world.probes.run(createVisit(world.probes, arrival));
  }
}

function heldOrUnknown(name: string): { readonly name: string; readonly answer: string } {
  return { name, answer: name === 'ledger-agrees' ? 'unknown' : 'holds' };
}

/** As an administrator: the shop's own account is not what is tested here. */
async function change(sql: string): Promise<void> {
  const { address, administrator, database } = stage.mariadb;
  const connection = await createConnection({ ...address, ...administrator, database });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);

it('the journeys find the real shop right, and every invariant holds after the drain', async () => {
  await visitAll();
  await probeAll();
  expect(wrong).toEqual([]);
  expect(await world.drain(within(30_000))).toEqual({ isDrained: true, remaining: [] });
  const snapshot = await world.snapshot(within(30_000));
  // What a file would give back.
  const read: unknown = JSON.parse(JSON.stringify(snapshot));
  const results = shopInvariants.map((invariant) => invariant.check(operations, read));
  expect(results.map(({ name, answer, findings }) => ({ name, answer, findings }))).toEqual(
    // There is no balancer here, whose log the last one reads.
    shopInvariants.map(({ name }) => expect.objectContaining(heldOrUnknown(name))),
  );
  const attacks = operations.filter(({ action }) => action.startsWith('probe.'));
  expect(new Set(attacks.map(({ action }) => action)).size).toBe(8);
  expect(snapshot.poison).toHaveLength(3);
  expect(snapshot.cachedProducts.length).toBeGreaterThan(0);
  expect(snapshot.orders.length).toBeGreaterThanOrEqual(30);
  expect(snapshot.captures.length).toBeGreaterThan(0);
  expect(snapshot.queues.map(({ name }) => name)).toEqual([
    'cart',
    'payments',
    'refunds',
    'cart.dead',
    'payments.dead',
    'refunds.dead',
  ]);
  expect(snapshot.stock).toHaveLength(10_000);
});

it.each([
  ['orders-stored', `DELETE FROM orders WHERE status = 'SHIPPED' LIMIT 1`],
  ['payments-exact', `UPDATE orders SET total_cents = total_cents + 1 WHERE status = 'PAID' LIMIT 1`],
  ['stock-conserved', 'UPDATE stock SET sold = sold + 1 WHERE product_id = 5000'],
  ['cart-settled', 'UPDATE cart_item SET quantity = quantity + 1 LIMIT 1'],
  ['sagas-ended', `UPDATE orders SET status = 'PAYING' WHERE status = 'PAID' LIMIT 1`],
  ['order-total', 'UPDATE order_item SET price_cents = price_cents + 1 LIMIT 1'],
  ['cache-consistent', 'UPDATE product SET price_cents = price_cents + 1'],
])('%s is violated after: %s', async (name, sql) => {
  await change(sql);
  const snapshot = await world.snapshot(within(30_000));
  const result = shopInvariants.find((invariant) => invariant.name === name)?.check(operations, snapshot);
  expect(result?.answer).toBe('violated');
});

it('the drain says what is left when time runs out', async () => {
  await change(`INSERT INTO outbox (topic, message_id, payload) VALUES ('nowhere', 'stuck', '{}')`);
  const { isDrained, remaining } = await world.drain(within(2_000));
  expect(isDrained).toBe(false);
  expect(remaining).toContainEqual(expect.stringMatching(/^orders in PAYING or REFUNDING: /));
  expect(remaining).toContain('outbox: 1 rows');
});

it('a store that is not there is an error, not an empty snapshot', async () => {
  const { mariadb, redis, rabbitmq, provider } = stage;
  const nowhere = { host: '127.0.0.1', port: 1 };
  const stores = {
    mariadb: { ...mariadb.address, ...mariadb.account, database: mariadb.database },
    redis: redis.address,
    rabbitmq: { ...rabbitmq.address, vhost: rabbitmq.virtualHost },
  };
  for (const broken of [
    { ...stores, mariadb: { ...stores.mariadb, ...nowhere } },
    { ...stores, rabbitmq: { ...stores.rabbitmq, ...nowhere } },
  ]) {
    const blind = createShopWorld({ clock: systemClock, payments: provider, stores: broken });
    await expect(blind.snapshot(within(10_000))).rejects.toThrow(/ECONNREFUSED/);
    const { isDrained, remaining } = await blind.drain(within(600));
    expect(isDrained).toBe(false);
    expect(remaining[0]).toMatch(/^cannot be read: .*ECONNREFUSED/);
  }
});

it('a snapshot of a frozen database ends with its signal', async () => {
  const pid = stage.mariadb.process.pid();
  if (pid === undefined) throw new Error('the database has no pid');
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(world.snapshot(within(500))).rejects.toThrow();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});
