import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  eventually,
  logIn,
  order,
  problemOf,
  type TestAnswer,
  type TestCustomer,
} from './shop-client.ts';
import { openShopStage, type ShopStage, type TestService } from './shop-stage.ts';

let stage: ShopStage;
let orders: readonly [TestService, TestService];
let worker: TestService;
let buyer: TestCustomer;
let stranger: TestCustomer;
let clerk: TestCustomer;

beforeAll(async () => {
  stage = await openShopStage();
  const account = await stage.start('account', 1);
  orders = [await stage.start('orders', 1), await stage.start('orders', 2)];
  worker = await stage.start('worker', 1);
  buyer = await logIn(account.url, 'customer-1@example.test');
  stranger = await logIn(account.url, 'customer-2@example.test');
  clerk = await logIn(account.url, 'clerk@example.test');
  await account.process.stop();
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

const post = (orderId: string, what: string, body: object = {}, who = buyer): Promise<TestAnswer> =>
  ask('POST', `${orders[0].url}/api/orders/${orderId}/${what}`, { token: who.token, body });

const cancel = (orderId: string, who = buyer): Promise<TestAnswer> => post(orderId, 'cancellations', {}, who);

async function reserve(sku: number, quantity = 1): Promise<string> {
  const answer = await order(orders[0].url, buyer.token, { items: [{ sku, quantity }] });
  expect(answer.status).toBe(201);
  return String(answer.body['orderId']);
}

async function untilStatus(orderId: string, status: string): Promise<void> {
  await eventually(async () => {
    const rows = await stage.rows('SELECT 1 FROM orders WHERE id = ? AND status = ?', [orderId, status]);
    return rows.length === 1;
  });
}

async function paid(sku: number, quantity = 1): Promise<string> {
  const orderId = await reserve(sku, quantity);
  expect((await post(orderId, 'payments', { cardToken: 'tok_visa' })).status).toBe(202);
  await untilStatus(orderId, 'PAID');
  return orderId;
}

const stockOf = async (sku: number): Promise<unknown> => {
  const rows = await stage.rows('SELECT available, reserved, sold FROM stock WHERE product_id = ?', [sku]);
  return rows[0];
};

const stepsOf = async (orderId: string): Promise<readonly string[]> => {
  const rows = await stage.rows<{ to: string }>(
    'SELECT to_status AS `to` FROM order_event WHERE order_id = ? ORDER BY id',
    [orderId],
  );
  return rows.map(({ to }) => to);
};

const refundsOf = (orderId: string) =>
  stage.provider.refunds().filter((refund) => refund.orderId === orderId);
const capturesOf = (orderId: string) =>
  stage.provider.charges().filter((charge) => charge.orderId === orderId && charge.status === 'captured');

/** Makes an order look as if nothing had happened to it for a day. */
const age = (orderId: string): Promise<unknown> =>
  stage.rows('UPDATE orders SET updated_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [orderId]);

describe('a cancellation', () => {
  it('frees the goods of an order that was not paid, and answers the same again', async () => {
    const orderId = await reserve(101, 3);
    for (let time = 0; time < 2; time += 1) {
      const answer = await cancel(orderId);
      expect([answer.status, answer.body]).toEqual([200, { orderId, status: 'CANCELLED' }]);
    }
    expect(await stockOf(101)).toEqual({ available: 1_000, reserved: 0, sold: 0 });
    expect(await stepsOf(orderId)).toEqual(['RESERVED', 'CANCELLED']);
    const late = await post(orderId, 'payments', { cardToken: 'tok_visa' });
    expect([late.status, problemOf(late)]).toEqual([409, 'wrong-state']);
  });

  it('gives the money of a paid order back once, however often it is asked for', async () => {
    const orderId = await paid(102, 2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(orderId)));
    for (const { status } of answers) expect([200, 202]).toContain(status);
    await untilStatus(orderId, 'REFUNDED');
    expect((await cancel(orderId)).body).toEqual({ orderId, status: 'REFUNDED' });
    expect(refundsOf(orderId)).toEqual([expect.objectContaining({ key: `refund-${orderId}` })]);
    expect(await stockOf(102)).toEqual({ available: 1_000, reserved: 0, sold: 0 });
    expect(await stepsOf(orderId)).toEqual(['RESERVED', 'PAYING', 'PAID', 'REFUNDING', 'REFUNDED']);
  });

  it('gives back once when the answers of the provider are lost', async () => {
    const orderId = await paid(103);
    stage.provider.setMode({ loseReplyShare: 1 });
    expect((await cancel(orderId)).status).toBe(202);
    await untilStatus(orderId, 'REFUNDED');
    stage.provider.setMode({});
    expect(refundsOf(orderId)).toHaveLength(1);
  });

  it('while the provider is busy charging leaves nothing taken, whoever is first', async () => {
    stage.provider.setMode({ delayMs: 150 });
    const ids = await Promise.all(Array.from({ length: 6 }, () => reserve(104)));
    await Promise.all(ids.map((id) => post(id, 'payments', { cardToken: 'tok_visa' })));
    await Promise.all(ids.map((id) => cancel(id)));
    await eventually(async () => {
      const rows = await stage.rows(
        `SELECT 1 FROM orders JOIN order_item ON order_id = id
         WHERE product_id = 104 AND status NOT IN ('CANCELLED', 'REFUNDED')`,
      );
      return rows.length === 0;
    });
    stage.provider.setMode({});
    for (const id of ids) expect(refundsOf(id)).toHaveLength(capturesOf(id).length);
    expect(await stockOf(104)).toEqual({ available: 1_000, reserved: 0, sold: 0 });
  });

  it('is refused once the order is on its way, and for another customer', async () => {
    const orderId = await paid(105);
    const foreign = await cancel(orderId, stranger);
    expect([foreign.status, problemOf(foreign)]).toEqual([404, 'not-found']);
    expect((await post(orderId, 'shipments', {}, clerk)).status).toBe(202);
    const late = await cancel(orderId);
    expect([late.status, problemOf(late), late.body['orderStatus']]).toEqual([409, 'wrong-state', 'SHIPPED']);
    expect(refundsOf(orderId)).toEqual([]);
    const missing = await cancel(randomUUID());
    expect([missing.status, problemOf(missing)]).toEqual([404, 'not-found']);
  });

  it('and a shipment at the same time never both happen', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => paid(106)));
    for (const orderId of ids) {
      const [cancelled, shipped] = await Promise.all([
        cancel(orderId),
        post(orderId, 'shipments', {}, clerk),
      ]);
      expect(new Set([cancelled.status, shipped.status])).toEqual(new Set([202, 409]));
    }
  });
});

describe('the sweep', () => {
  it('cancels a reservation that was abandoned, and no other', async () => {
    const abandoned = await reserve(111);
    const fresh = await reserve(111);
    await age(abandoned);
    await untilStatus(abandoned, 'CANCELLED');
    await untilStatus(fresh, 'RESERVED');
    expect(await stockOf(111)).toEqual({ available: 999, reserved: 1, sold: 0 });
  });

  it('pays an order whose message was lost', async () => {
    const orderId = await reserve(112);
    await stage.rows(`UPDATE orders SET status = 'PAYING', card_token = 'tok_visa' WHERE id = ?`, [orderId]);
    await age(orderId);
    await untilStatus(orderId, 'PAID');
    expect(capturesOf(orderId)).toHaveLength(1);
  });

  it('refunds an order whose message was lost', async () => {
    const orderId = await paid(113);
    await stage.rows(`UPDATE orders SET status = 'REFUNDING' WHERE id = ?`, [orderId]);
    await age(orderId);
    await untilStatus(orderId, 'REFUNDED');
    expect(refundsOf(orderId)).toHaveLength(1);
  });
});

describe('an order under review', () => {
  const underReview = async (sku: number): Promise<string> => {
    const orderId = await paid(sku);
    await stage.rows(`UPDATE orders SET review = 'pending' WHERE id = ?`, [orderId]);
    return orderId;
  };

  it('is shipped only after somebody approved it', async () => {
    const orderId = await underReview(121);
    const early = await post(orderId, 'shipments', {}, clerk);
    expect([early.status, problemOf(early)]).toEqual([409, 'under-review']);
    const forbidden = await post(orderId, 'reviews', { decision: 'approve' });
    expect([forbidden.status, problemOf(forbidden)]).toEqual([403, 'forbidden']);
    const approved = await post(orderId, 'reviews', { decision: 'approve' }, clerk);
    expect([approved.status, approved.body]).toEqual([200, { orderId, review: 'approved' }]);
    expect((await post(orderId, 'shipments', {}, clerk)).status).toBe(202);
  });

  it('is given back when it is rejected', async () => {
    const orderId = await underReview(122);
    expect((await post(orderId, 'reviews', { decision: 'reject' }, clerk)).status).toBe(202);
    await untilStatus(orderId, 'REFUNDED');
    const other = await reserve(122);
    const none = await post(other, 'reviews', { decision: 'approve' }, clerk);
    expect([none.status, problemOf(none)]).toEqual([409, 'wrong-state']);
  });

  it('is one that is grossly dear; it is paid nevertheless', async () => {
    await stage.rows('UPDATE product SET price_cents = 2000000 WHERE id = 123');
    const orderId = await paid(123);
    const read = await ask('GET', `${orders[1].url}/api/orders/${orderId}`, { token: buyer.token });
    expect(read.body).toMatchObject({ status: 'PAID', review: 'pending' });
  });
});

describe('an idempotency key', () => {
  const body = { items: [{ sku: 131, quantity: 1 }] };

  it('belongs to its customer', async () => {
    const key = randomUUID();
    const [mine, theirs] = await Promise.all([
      order(orders[0].url, buyer.token, body, key),
      order(orders[1].url, stranger.token, body, key),
    ]);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(mine.body['orderId']).not.toBe(theirs.body['orderId']);
  });

  it('is free again after a refusal', async () => {
    const key = randomUUID();
    await stage.rows('UPDATE stock SET initial = 0, available = 0 WHERE product_id = 132');
    const other = { items: [{ sku: 132, quantity: 1 }] };
    expect((await order(orders[0].url, buyer.token, other, key)).status).toBe(409);
    expect((await order(orders[0].url, buyer.token, body, key)).status).toBe(201);
  });

  it('gives the first answer after prices, stock and state have changed, and refuses another body', async () => {
    const key = randomUUID();
    const last = { items: [{ sku: 133, quantity: 1 }] };
    await stage.rows('UPDATE stock SET initial = 1, available = 1 WHERE product_id = 133');
    const first = await order(orders[0].url, buyer.token, last, key);
    await stage.rows('UPDATE product SET price_cents = price_cents + 1 WHERE id = 133');
    const again = await order(orders[1].url, buyer.token, last, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    await cancel(String(first.body['orderId']));
    expect((await order(orders[1].url, buyer.token, last, key)).body).toEqual(first.body);
    for (const changed of [body, { items: [{ sku: 133, quantity: 2 }] }, { cartSeq: 1 }]) {
      const answer = await order(orders[0].url, buyer.token, changed, key);
      expect([answer.status, problemOf(answer)]).toEqual([422, 'key-reused']);
    }
  });
});

/** A busy machine may turn some of a crowd away: they come again when they were told to, with the same key. */
async function buy(url: string, sku: number): Promise<TestAnswer> {
  const key = randomUUID();
  for (let time = 1; ; time += 1) {
    const answer = await order(url, buyer.token, { items: [{ sku, quantity: 1 }] }, key);
    const retryAfter = answer.headers.get('retry-after');
    if (answer.status !== 503 || retryAfter === null || time >= 10) return answer;
    await new Promise((resolve) => setTimeout(resolve, Number(retryAfter) * 1_000));
  }
}

describe('a sale', () => {
  it('sells exactly a hundred of a hundred to a thousand buyers at once', async () => {
    await stage.rows('UPDATE stock SET initial = 100, available = 100 WHERE product_id = 141');
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => buy(orders[index % 2 === 0 ? 0 : 1].url, 141)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers).toHaveLength(100 + refused.length);
    const kinds = new Set(refused.map((answer) => `${answer.status} ${problemOf(answer)}`));
    expect(kinds).toEqual(new Set(['409 out-of-stock']));
    expect(await stockOf(141)).toEqual({ available: 0, reserved: 100, sold: 0 });
  });

  it('of sets whose goods overlap in every order surfaces no deadlock', async () => {
    await stage.rows('UPDATE stock SET initial = 60, available = 60 WHERE product_id BETWEEN 151 AND 155');
    const skus = [151, 152, 153, 154, 155];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const set = skus.filter((_sku, place) => ((index >> place) & 1) === 1 || place === index % 5);
        const ordered = index % 2 === 0 ? set : set.toReversed();
        return order(orders[index % 2 === 0 ? 0 : 1].url, buyer.token, {
          items: ordered.map((sku) => ({ sku, quantity: 1 })),
        });
      }),
    );
    for (const answer of answers) {
      if (answer.status !== 201) expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
    }
    const rows = await stage.rows<{ wrong: number }>(
      'SELECT COUNT(*) AS wrong FROM stock WHERE initial <> available + reserved + sold OR available < 0',
    );
    expect(rows).toEqual([{ wrong: 0 }]);
    expect(worker.process.state()).toBe('ready');
  });
});
