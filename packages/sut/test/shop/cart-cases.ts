import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, problemOf, type TestCustomer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { ShopRig } from './shop-rig.ts';

/** What becomes of a cart. */
export function cartCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let account: TestService;
  let shopper: TestCustomer;
  beforeAll(async () => {
    ({
      stage,
      account: [account],
    } = rig());
    shopper = await logIn(account.url, 'customer-31@example.test');
  });
  const at = (path: string): string => account.url + path;

  describe('the cart', () => {
    const put = (customer: TestCustomer, sku: number, body: object) =>
      ask('PUT', at(`/api/cart/items/${sku}`), { token: customer.token, body });
    const settled = async (customer: TestCustomer, seq: number) => {
      let body: Record<string, unknown> = {};
      await eventually(async () => {
        const answer = await ask('GET', at(`/api/cart?minSeq=${seq}`), { token: customer.token });
        body = answer.body;
        return answer.status === 200;
      });
      return body;
    };

    it('is empty before anything was put into it', async () => {
      const { token } = await logIn(account.url, 'customer-32@example.test');
      expect((await ask('GET', at('/api/cart'), { token })).body).toEqual({
        seq: 0,
        items: [],
        totalCents: 0,
      });
    });

    it('holds what was put into it, at the product’s price', async () => {
      const [product] = await stage.rows<{ price: number }>(
        'SELECT price_cents AS price FROM product WHERE id = 7',
      );
      const priceCents = product?.price ?? 0;
      const answer = await put(shopper, 7, { quantity: 3, seq: 10, opId: randomUUID() });
      expect([answer.status, answer.body]).toEqual([202, { seq: 10 }]);
      expect(await settled(shopper, 10)).toEqual({
        seq: 10,
        items: [{ sku: 7, quantity: 3, priceCents }],
        totalCents: 3 * priceCents,
      });
    });

    it('takes the newest operation, not the last that came, and a repeat changes nothing', async () => {
      const newest = { quantity: 5, seq: 30, opId: randomUUID() };
      await put(shopper, 8, newest);
      await put(shopper, 8, newest);
      await put(shopper, 8, { quantity: 9, seq: 20, opId: randomUUID() });
      await put(shopper, 9, { quantity: 1, seq: 31, opId: randomUUID() });
      const cart = await settled(shopper, 31);
      expect(cart['items']).toContainEqual(expect.objectContaining({ sku: 8, quantity: 5 }));
    });

    it('does not bring a removed item back', async () => {
      const remove = await ask('DELETE', at('/api/cart/items/8'), {
        token: shopper.token,
        body: { seq: 40, opId: randomUUID() },
      });
      expect([remove.status, remove.body]).toEqual([202, { seq: 40 }]);
      await put(shopper, 8, { quantity: 2, seq: 35, opId: randomUUID() });
      await put(shopper, 9, { quantity: 1, seq: 41, opId: randomUUID() });
      const cart = await settled(shopper, 41);
      expect(cart['items']).not.toContainEqual(expect.objectContaining({ sku: 8 }));
      const [stored] = await stage.rows<{ total: number }>(
        'SELECT total_cents AS total FROM cart WHERE customer_id = ?',
        [shopper.customerId],
      );
      expect(stored?.total).toBe(cart['totalCents']);
    });

    it('settles a burst of operations on one item to the last one', async () => {
      const customer = await logIn(account.url, 'customer-33@example.test');
      const seqs = Array.from({ length: 40 }, (_, index) => index + 1);
      const answers = await Promise.all(
        seqs.map((seq) => put(customer, 11, { quantity: seq, seq, opId: randomUUID() })),
      );
      expect(answers.map((answer) => answer.status)).toEqual(seqs.map(() => 202));
      await eventually(async () => {
        const [left] = await stage.rows<{ seq: number }>(
          'SELECT seq FROM cart_item WHERE customer_id = ? AND sku = 11',
          [customer.customerId],
        );
        return left?.seq === 40;
      });
      expect((await settled(customer, 40))['items']).toEqual([
        expect.objectContaining({ sku: 11, quantity: 40 }),
      ]);
    });

    it('says 409 with Retry-After while it is behind', async () => {
      const answer = await ask('GET', at('/api/cart?minSeq=9999'), { token: shopper.token });
      expect([answer.status, problemOf(answer)]).toEqual([409, 'cart-unsettled']);
      expect(answer.headers.get('retry-after')).toBe('1');
    });

    it('does not take a product that is not there', async () => {
      const answer = await put(shopper, 10_001, { quantity: 1, seq: 50, opId: randomUUID() });
      expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
    });

    it.each([
      ['params.sku', 'x', {}],
      ['params.sku', '0', {}],
      ['body.quantity', '7', { quantity: 100 }],
      ['body.quantity', '7', { quantity: -1 }],
      ['body.quantity', '7', { quantity: 1.5 }],
      ['body.seq', '7', { seq: 0 }],
      ['body.opId', '7', { opId: 'x' }],
      ['body.price', '7', { price: 1 }],
    ])('names %s when it is wrong (%s, %o)', async (field, sku, change) => {
      const body = { quantity: 1, seq: 60, opId: randomUUID(), ...change };
      const answer = await ask('PUT', at(`/api/cart/items/${sku}`), { token: shopper.token, body });
      expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
    });

    it('asks who is there before it looks at what is asked', async () => {
      for (const [method, path] of [
        ['GET', '/api/cart'],
        ['PUT', '/api/cart/items/7'],
        ['DELETE', '/api/cart/items/7'],
      ] as const) {
        const answer = await ask(method, at(path), method === 'GET' ? {} : { body: {} });
        expect([method, answer.status, problemOf(answer)]).toEqual([method, 401, 'unauthenticated']);
      }
    });
  });
}
