import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, order, problemOf, type TestCustomer } from './shop-client.ts';
import { openShopStage, type ShopStage, type TestService, textOf } from './shop-stage.ts';

let stage: ShopStage;
let account: TestService;
/** Two replicas: idempotency and stock must hold across processes. */
let orders: readonly [TestService, TestService];
let worker: TestService;
let shopper: TestCustomer;
/** Orders as seldom as a person does: nobody has to look at these before they are shipped. */
let buyer: TestCustomer;
let clerk: TestCustomer;

beforeAll(async () => {
  stage = await openShopStage();
  const [first, second] = await Promise.all([stage.start('orders', 1), stage.start('orders', 2)]);
  orders = [first, second];
  [account, worker] = await Promise.all([stage.start('account', 1), stage.start('worker', 1)]);
  shopper = await logIn(account.url, 'customer-1@example.test');
  buyer = await logIn(account.url, 'customer-2@example.test');
  clerk = await logIn(account.url, 'clerk@example.test');
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

interface Stock {
  readonly initial: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

async function stockOf(productId: number): Promise<Stock> {
  const [row] = await stage.rows<Stock>(
    'SELECT initial, available, reserved, sold FROM stock WHERE product_id = ?',
    [productId],
  );
  if (row === undefined) throw new Error(`no stock of ${productId}`);
  return row;
}

async function statusOf(orderId: string): Promise<string | undefined> {
  const [row] = await stage.rows<{ status: string }>('SELECT status FROM orders WHERE id = ?', [orderId]);
  return row?.status;
}

const orderOf = async (productId: number, quantity = 1): Promise<string> => {
  const answer = await order(orders[0].url, buyer.token, { items: [{ sku: productId, quantity }] });
  expect(answer.status).toBe(201);
  return String(answer.body['orderId']);
};

const pay = (orderId: string, cardToken = 'tok_visa', customer = buyer) =>
  ask('POST', `${orders[0].url}/api/orders/${orderId}/payments`, {
    token: customer.token,
    body: { cardToken },
  });

const ship = (orderId: string, customer = clerk) =>
  ask('POST', `${orders[1].url}/api/orders/${orderId}/shipments`, { token: customer.token, body: {} });

describe('creating an order', () => {
  it('reserves stock, and writes order, items, moves and event together', async () => {
    const answer = await order(orders[0].url, shopper.token, {
      items: [
        { sku: 22, quantity: 1 },
        { sku: 21, quantity: 2 },
      ],
    });
    const prices = await stage.rows<{ price: number }>(
      'SELECT price_cents AS price FROM product WHERE id IN (21, 22) ORDER BY id',
    );
    const totalCents = 2 * (prices[0]?.price ?? 0) + (prices[1]?.price ?? 0);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'RESERVED', totalCents, items: [{ sku: 21 }, { sku: 22 }] });
    const orderId = String(answer.body['orderId']);
    expect(await stockOf(21)).toEqual({ initial: 1_000, available: 998, reserved: 2, sold: 0 });
    expect(
      await stage.rows(
        'SELECT product_id AS id, kind, quantity FROM stock_move WHERE order_id = ? ORDER BY id',
        [orderId],
      ),
    ).toEqual([
      { id: 21, kind: 'reserve', quantity: 2 },
      { id: 22, kind: 'reserve', quantity: 1 },
    ]);
    expect(
      await stage.rows('SELECT from_status AS was, to_status AS became FROM order_event WHERE order_id = ?', [
        orderId,
      ]),
    ).toEqual([{ was: null, became: 'RESERVED' }]);
    const read = await ask('GET', `${orders[1].url}/api/orders/${orderId}`, { token: shopper.token });
    expect([read.status, read.body]).toEqual([200, answer.body]);
  });

  it('answers a repeat with the same 201, also from another replica, and reserves once', async () => {
    const key = randomUUID();
    const body = {
      items: [
        { sku: 23, quantity: 1 },
        { sku: 24, quantity: 1 },
      ],
    };
    const reordered = {
      items: [
        { sku: 24, quantity: 1 },
        { sku: 23, quantity: 1 },
      ],
    };
    const first = await order(orders[0].url, shopper.token, body, key);
    const second = await order(orders[1].url, shopper.token, reordered, key);
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await stockOf(23)).reserved).toBe(1);
  });

  it('makes one order of thirty requests at once with one key', async () => {
    const key = randomUUID();
    const body = { items: [{ sku: 25, quantity: 1 }] };
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        order(orders[index % 2 === 0 ? 0 : 1].url, shopper.token, body, key),
      ),
    );
    const created = answers.filter((answer) => answer.status === 201);
    const others = answers.filter((answer) => answer.status !== 201);
    expect(created.length).toBeGreaterThan(0);
    expect(new Set(created.map((answer) => answer.body['orderId'])).size).toBe(1);
    for (const answer of others)
      expect([answer.status, problemOf(answer)]).toEqual([409, 'request-in-flight']);
    expect(await stockOf(25)).toMatchObject({ available: 999, reserved: 1 });
  });

  it('tells a second request to come back while the first holds the key', async () => {
    const key = randomUUID();
    const body = { items: [{ sku: 26, quantity: 1 }] };
    const held = await stage.hold(
      `INSERT INTO idempotency (customer_id, idempotency_key, request_hash, order_id, response)
       VALUES (?, ?, REPEAT('x', 32), 'none', '{}')`,
      [shopper.customerId, key],
    );
    const blocked = await order(orders[0].url, shopper.token, body, key);
    await held.rollBack();
    expect([blocked.status, problemOf(blocked)]).toEqual([409, 'request-in-flight']);
    expect(blocked.headers.get('retry-after')).toBe('1');
    expect((await order(orders[0].url, shopper.token, body, key)).status).toBe(201);
  });

  it('does not take a key for another body, and keeps customers’ keys apart', async () => {
    const key = randomUUID();
    const other = await logIn(account.url, 'customer-2@example.test');
    expect(
      (await order(orders[0].url, shopper.token, { items: [{ sku: 27, quantity: 1 }] }, key)).status,
    ).toBe(201);
    const reused = await order(orders[0].url, shopper.token, { items: [{ sku: 27, quantity: 2 }] }, key);
    expect([reused.status, problemOf(reused)]).toEqual([422, 'key-reused']);
    expect((await order(orders[0].url, other.token, { items: [{ sku: 27, quantity: 2 }] }, key)).status).toBe(
      201,
    );
  });

  it('sells exactly twenty of twenty to fifty buyers at once', async () => {
    await stage.rows('UPDATE stock SET initial = 20, available = 20 WHERE product_id = 31');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        order(orders[index % 2 === 0 ? 0 : 1].url, shopper.token, { items: [{ sku: 31, quantity: 1 }] }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(20);
    const refused = answers.filter((answer) => answer.status !== 201);
    for (const answer of refused) {
      expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
      expect(answer.body['sku']).toBe(31);
    }
    expect(await stockOf(31)).toEqual({ initial: 20, available: 0, reserved: 20, sold: 0 });
  });

  it('changes nothing when one of several items is short', async () => {
    const key = randomUUID();
    const answer = await order(
      orders[0].url,
      shopper.token,
      {
        items: [
          { sku: 30, quantity: 1 },
          { sku: 31, quantity: 1 },
        ],
      },
      key,
    );
    expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
    expect(await stockOf(30)).toMatchObject({ available: 1_000, reserved: 0 });
    expect(await stage.rows('SELECT 1 FROM idempotency WHERE idempotency_key = ?', [key])).toEqual([]);
  });

  it('survives orders of the same products in every order', async () => {
    const skus = [41, 42, 43, 44, 45];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const turned = skus.map((_sku, place) => skus[(place + index) % skus.length]);
        const items = turned.map((sku) => ({ sku, quantity: 1 }));
        return order(orders[index % 2 === 0 ? 0 : 1].url, shopper.token, { items });
      }),
    );
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
    expect(await stockOf(41)).toMatchObject({ available: 960, reserved: 40 });
  });

  it('orders the cart as settled, again with the same answer after the cart has changed', async () => {
    const customer = await logIn(account.url, 'customer-8@example.test');
    const put = (sku: number, quantity: number, seq: number) =>
      ask('PUT', `${account.url}/api/cart/items/${sku}`, {
        token: customer.token,
        body: { quantity, seq, opId: randomUUID() },
      });
    const early = await order(orders[0].url, customer.token, { cartSeq: 1 });
    expect([early.status, problemOf(early)]).toEqual([409, 'cart-unsettled']);
    await put(51, 2, 1);
    const settledAt = (seq: number) =>
      eventually(async () => {
        const cart = await ask('GET', `${account.url}/api/cart?minSeq=${seq}`, { token: customer.token });
        return cart.status === 200;
      });
    await settledAt(1);
    const key = randomUUID();
    const first = await order(orders[0].url, customer.token, { cartSeq: 1 }, key);
    expect(first.status).toBe(201);
    expect(first.body['items']).toEqual([expect.objectContaining({ sku: 51, quantity: 2 })]);
    await put(51, 0, 2);
    await settledAt(2);
    expect((await order(orders[0].url, customer.token, { cartSeq: 1 }, key)).body).toEqual(first.body);
    const empty = await order(orders[0].url, customer.token, { cartSeq: 2 });
    expect([empty.status, problemOf(empty)]).toEqual([422, 'cart-empty']);
  });

  it('needs a key', async () => {
    const body = { items: [{ sku: 21, quantity: 1 }] };
    const missing = await ask('POST', `${orders[0].url}/api/orders`, { token: shopper.token, body });
    expect([missing.status, problemOf(missing)]).toEqual([400, 'key-missing']);
    const tooLong = await order(orders[0].url, shopper.token, body, 'k'.repeat(129));
    expect([tooLong.status, problemOf(tooLong)]).toEqual([400, 'key-missing']);
  });

  it('names a product that is not there', async () => {
    const answer = await order(orders[0].url, shopper.token, { items: [{ sku: 10_001, quantity: 1 }] });
    expect([answer.status, problemOf(answer), answer.body['sku']]).toEqual([422, 'unknown-product', 10_001]);
  });

  it.each([
    ['body.items', {}],
    ['body.items', { items: [] }],
    ['body.items', { items: [{ sku: 1, quantity: 1 }], cartSeq: 1 }],
    [
      'body.items',
      {
        items: [
          { sku: 1, quantity: 1 },
          { sku: 1, quantity: 1 },
        ],
      },
    ],
    ['body.items', { items: Array.from({ length: 21 }, (_, index) => ({ sku: index + 1, quantity: 1 })) }],
    ['body.items.0.quantity', { items: [{ sku: 1, quantity: 0 }] }],
    ['body.items.0.price', { items: [{ sku: 1, quantity: 1, price: 1 }] }],
    ['body.cartSeq', { cartSeq: 0 }],
  ])('names %s when it is wrong (%j)', async (field, body) => {
    const answer = await order(orders[0].url, shopper.token, body);
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });

  it('needs a session on every route', async () => {
    const id = randomUUID();
    for (const [method, path] of [
      ['POST', '/api/orders'],
      ['GET', `/api/orders/${id}`],
      ['POST', `/api/orders/${id}/payments`],
      ['POST', `/api/orders/${id}/shipments`],
    ] as const) {
      const answer = await ask(method, orders[0].url + path);
      expect([path, answer.status, problemOf(answer)]).toEqual([path, 401, 'unauthenticated']);
    }
  });
});

describe('the saga', () => {
  it('takes a paid order to PAID and SHIPPED, and sells its stock', async () => {
    const orderId = await orderOf(61, 3);
    const paying = await pay(orderId);
    expect([paying.status, paying.body]).toEqual([202, { orderId, status: 'PAYING' }]);
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    expect(await stockOf(61)).toEqual({ initial: 1_000, available: 997, reserved: 0, sold: 3 });
    const again = await pay(orderId);
    expect([again.status, again.body]).toEqual([202, { orderId, status: 'PAID' }]);
    const shipped = await ship(orderId);
    expect([shipped.status, shipped.body]).toEqual([202, { orderId, status: 'SHIPPED' }]);
    expect((await ship(orderId)).status).toBe(202);
    const late = await pay(orderId);
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
    const orderId = await orderOf(62, 2);
    await pay(orderId, 'tok_declined');
    await eventually(async () => (await statusOf(orderId)) === 'CANCELLED');
    expect(await stockOf(62)).toEqual({ initial: 1_000, available: 1_000, reserved: 0, sold: 0 });
    const again = await pay(orderId);
    expect([again.status, problemOf(again)]).toEqual([402, 'payment-declined']);
    const shipped = await ship(orderId);
    expect([shipped.status, problemOf(shipped)]).toEqual([409, 'wrong-state']);
  });

  it('charges once when payment is asked for ten times at once', async () => {
    const orderId = await orderOf(63);
    const answers = await Promise.all(Array.from({ length: 10 }, () => pay(orderId)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 202));
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    expect(await stockOf(63)).toMatchObject({ reserved: 0, sold: 1 });
    expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
  });

  it('asks the provider when its answer was lost, and charges once', async () => {
    stage.provider.setMode({ loseReplyShare: 1 });
    const orderId = await orderOf(64);
    await pay(orderId);
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    stage.provider.setMode({});
    expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
  });

  it('pays in the end when the provider was too slow for a while', async () => {
    stage.provider.setMode({ delayMs: 3_000 });
    const orderId = await orderOf(65);
    await pay(orderId);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await statusOf(orderId)).toBe('PAYING');
    stage.provider.setMode({});
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    expect(await stockOf(65)).toMatchObject({ available: 999, sold: 1 });
  });

  it('has one effect when a message is delivered twice', async () => {
    const orderId = await orderOf(66);
    await pay(orderId);
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    const again = { orderId, amountCents: 1, cardToken: 'tok_visa' };
    await publish('payments', JSON.stringify(again), randomUUID());
    await eventually(() => isDrained('payments'));
    expect(await stockOf(66)).toMatchObject({ available: 999, reserved: 0, sold: 1 });
    expect(stage.provider.charges().filter((charge) => charge.orderId === orderId)).toHaveLength(1);
  });

  it('sets malformed messages aside, says why in the log, and goes on', async () => {
    await publish('payments', 'no json', 'poison-1');
    await publish('payments', '{"orderId":1}', 'poison-2');
    await publish('cart', '{"seq":-1}', 'poison-3');
    await eventually(
      async () => (await depthOf('payments.dead')) === 2 && (await depthOf('cart.dead')) === 1,
    );
    const log = await worker.log();
    for (const id of ['poison-1', 'poison-2', 'poison-3']) expect(log).toContain(id);
    const orderId = await orderOf(67);
    await pay(orderId);
    await eventually(async () => (await statusOf(orderId)) === 'PAID');
    expect(worker.process.state()).toBe('ready');
  });

  it('leaves the outbox empty', async () => {
    await eventually(async () => (await stage.rows('SELECT 1 FROM outbox')).length === 0);
  });

  it('shows an order to its customer only, and ships for admins only', async () => {
    const orderId = await orderOf(68);
    const stranger = await logIn(account.url, 'customer-9@example.test');
    const read = await ask('GET', `${orders[0].url}/api/orders/${orderId}`, { token: stranger.token });
    expect([read.status, problemOf(read)]).toEqual([404, 'not-found']);
    const paid = await pay(orderId, 'tok_visa', stranger);
    expect([paid.status, problemOf(paid)]).toEqual([404, 'not-found']);
    const shipped = await ship(orderId, shopper);
    expect([shipped.status, problemOf(shipped)]).toEqual([403, 'forbidden']);
    const missing = await ship(randomUUID());
    expect([missing.status, problemOf(missing)]).toEqual([404, 'not-found']);
    expect(await statusOf(orderId)).toBe('RESERVED');
  });

  it('names a bad order id and a missing card', async () => {
    const bad = await ask('GET', `${orders[0].url}/api/orders/17`, { token: shopper.token });
    expect([bad.status, problemOf(bad)]).toEqual([400, 'invalid-request']);
    const noCard = await ask('POST', `${orders[0].url}/api/orders/${randomUUID()}/payments`, {
      token: shopper.token,
      body: {},
    });
    expect(noCard.body['errors']).toEqual([expect.objectContaining({ field: 'body.cardToken' })]);
  });
});

async function onChannel<Result>(
  use: (
    channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>,
  ) => Promise<Result>,
): Promise<Result> {
  const model = await connect(`amqp://${textOf(stage.rabbitmq.address)}/${stage.rabbitmq.virtualHost}`);
  try {
    return await use(await model.createConfirmChannel());
  } finally {
    await model.close();
  }
}

function publish(queue: string, text: string, messageId: string): Promise<void> {
  return onChannel(async (channel) => {
    channel.sendToQueue(queue, Buffer.from(text), { messageId, persistent: true });
    await channel.waitForConfirms();
  });
}

function depthOf(queue: string): Promise<number> {
  return onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount);
}

async function isDrained(queue: string): Promise<boolean> {
  return (await depthOf(queue)) === 0;
}
