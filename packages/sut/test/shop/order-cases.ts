import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, order, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** How an order is made. */
export function orderCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    desk = await openOrderDesk(rig(), 41);
  });

  describe('creating an order', () => {
    it('reserves stock, and writes order, items, moves and event together', async () => {
      const answer = await order(desk.urls[0], desk.buyer.token, {
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
      expect(answer.body).toMatchObject({
        status: 'RESERVED',
        totalCents,
        items: [{ sku: 21 }, { sku: 22 }],
      });
      const orderId = String(answer.body['orderId']);
      expect(await desk.stockOf(21)).toEqual({ initial: 1_000, available: 998, reserved: 2, sold: 0 });
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
        await stage.rows(
          'SELECT from_status AS was, to_status AS became FROM order_event WHERE order_id = ?',
          [orderId],
        ),
      ).toEqual([{ was: null, became: 'RESERVED' }]);
      const read = await ask('GET', `${desk.urls[1]}/api/orders/${orderId}`, { token: desk.buyer.token });
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
      const first = await order(desk.urls[0], desk.buyer.token, body, key);
      const second = await order(desk.urls[1], desk.buyer.token, reordered, key);
      expect(first.status).toBe(201);
      expect([second.status, second.body]).toEqual([201, first.body]);
      expect((await desk.stockOf(23)).reserved).toBe(1);
    });

    it('makes one order of thirty requests at once with one key', async () => {
      const key = randomUUID();
      const body = { items: [{ sku: 25, quantity: 1 }] };
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          order(desk.urls[index % 2 === 0 ? 0 : 1], desk.buyer.token, body, key),
        ),
      );
      const created = answers.filter((answer) => answer.status === 201);
      const others = answers.filter((answer) => answer.status !== 201);
      expect(created.length).toBeGreaterThan(0);
      expect(new Set(created.map((answer) => answer.body['orderId'])).size).toBe(1);
      for (const answer of others)
        expect([answer.status, problemOf(answer)]).toEqual([409, 'request-in-flight']);
      expect(await desk.stockOf(25)).toMatchObject({ available: 999, reserved: 1 });
    });

    it('tells a second request to come back while the first holds the key', async () => {
      const key = randomUUID();
      const body = { items: [{ sku: 26, quantity: 1 }] };
      const held = await stage.hold(
        `INSERT INTO idempotency (customer_id, idempotency_key, request_hash, order_id, response)
       VALUES (?, ?, REPEAT('x', 32), 'none', '{}')`,
        [desk.buyer.customerId, key],
      );
      const blocked = await order(desk.urls[0], desk.buyer.token, body, key);
      await held.rollBack();
      expect([blocked.status, problemOf(blocked)]).toEqual([409, 'request-in-flight']);
      expect(blocked.headers.get('retry-after')).toBe('1');
      expect((await order(desk.urls[0], desk.buyer.token, body, key)).status).toBe(201);
    });

    it('does not take a key for another body, and keeps customers’ keys apart', async () => {
      const key = randomUUID();
      const other = await logIn(rig().account[0].url, 'customer-2@example.test');
      expect(
        (await order(desk.urls[0], desk.buyer.token, { items: [{ sku: 27, quantity: 1 }] }, key)).status,
      ).toBe(201);
      const reused = await order(desk.urls[0], desk.buyer.token, { items: [{ sku: 27, quantity: 2 }] }, key);
      expect([reused.status, problemOf(reused)]).toEqual([422, 'key-reused']);
      expect(
        (await order(desk.urls[0], other.token, { items: [{ sku: 27, quantity: 2 }] }, key)).status,
      ).toBe(201);
    });

    it('sells exactly twenty of twenty to fifty buyers at once', async () => {
      await stage.rows('UPDATE stock SET initial = 20, available = 20 WHERE product_id = 31');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          order(desk.urls[index % 2 === 0 ? 0 : 1], desk.buyer.token, { items: [{ sku: 31, quantity: 1 }] }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(20);
      const refused = answers.filter((answer) => answer.status !== 201);
      for (const answer of refused) {
        expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
        expect(answer.body['sku']).toBe(31);
      }
      expect(await desk.stockOf(31)).toEqual({ initial: 20, available: 0, reserved: 20, sold: 0 });
    });

    it('changes nothing when one of several items is short', async () => {
      const key = randomUUID();
      const answer = await order(
        desk.urls[0],
        desk.buyer.token,
        {
          items: [
            { sku: 30, quantity: 1 },
            { sku: 31, quantity: 1 },
          ],
        },
        key,
      );
      expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
      expect(await desk.stockOf(30)).toMatchObject({ available: 1_000, reserved: 0 });
      expect(await stage.rows('SELECT 1 FROM idempotency WHERE idempotency_key = ?', [key])).toEqual([]);
    });

    it('survives orders of the same products in every order', async () => {
      const skus = [41, 42, 43, 44, 45];
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => {
          const turned = skus.map((_sku, place) => skus[(place + index) % skus.length]);
          const items = turned.map((sku) => ({ sku, quantity: 1 }));
          return order(desk.urls[index % 2 === 0 ? 0 : 1], desk.buyer.token, { items });
        }),
      );
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
      expect(await desk.stockOf(41)).toMatchObject({ available: 960, reserved: 40 });
    });

    it('orders the cart as settled, again with the same answer after the cart has changed', async () => {
      const customer = await logIn(rig().account[0].url, 'customer-8@example.test');
      const put = (sku: number, quantity: number, seq: number) =>
        ask('PUT', `${rig().account[0].url}/api/cart/items/${sku}`, {
          token: customer.token,
          body: { quantity, seq, opId: randomUUID() },
        });
      const early = await order(desk.urls[0], customer.token, { cartSeq: 1 });
      expect([early.status, problemOf(early)]).toEqual([409, 'cart-unsettled']);
      await put(51, 2, 1);
      const settledAt = (seq: number) =>
        eventually(async () => {
          const cart = await ask('GET', `${rig().account[0].url}/api/cart?minSeq=${seq}`, {
            token: customer.token,
          });
          return cart.status === 200;
        });
      await settledAt(1);
      const key = randomUUID();
      const first = await order(desk.urls[0], customer.token, { cartSeq: 1 }, key);
      expect(first.status).toBe(201);
      expect(first.body['items']).toEqual([expect.objectContaining({ sku: 51, quantity: 2 })]);
      await put(51, 0, 2);
      await settledAt(2);
      expect((await order(desk.urls[0], customer.token, { cartSeq: 1 }, key)).body).toEqual(first.body);
      const empty = await order(desk.urls[0], customer.token, { cartSeq: 2 });
      expect([empty.status, problemOf(empty)]).toEqual([422, 'cart-empty']);
    });

    it('needs a key', async () => {
      const body = { items: [{ sku: 21, quantity: 1 }] };
      const missing = await ask('POST', `${desk.urls[0]}/api/orders`, { token: desk.buyer.token, body });
      expect([missing.status, problemOf(missing)]).toEqual([400, 'key-missing']);
      const tooLong = await order(desk.urls[0], desk.buyer.token, body, 'k'.repeat(129));
      expect([tooLong.status, problemOf(tooLong)]).toEqual([400, 'key-missing']);
    });

    it('names a product that is not there', async () => {
      const answer = await order(desk.urls[0], desk.buyer.token, { items: [{ sku: 10_001, quantity: 1 }] });
      expect([answer.status, problemOf(answer), answer.body['sku']]).toEqual([
        422,
        'unknown-product',
        10_001,
      ]);
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
      const answer = await order(desk.urls[0], desk.buyer.token, body);
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
        const answer = await ask(method, desk.urls[0] + path);
        expect([path, answer.status, problemOf(answer)]).toEqual([path, 401, 'unauthenticated']);
      }
    });
  });
}
