import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, problemOf, type TestCustomer } from './shop-client.ts';
import { openShopStage, type ShopStage, type TestService } from './shop-stage.ts';

let stage: ShopStage;
let account: TestService;
let shopper: TestCustomer;

beforeAll(async () => {
  stage = await openShopStage();
  [account] = await Promise.all([stage.start('account', 1), stage.start('worker', 1)]);
  shopper = await logIn(account.url, 'customer-1@example.test');
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

const at = (path: string): string => account.url + path;

describe('registration', () => {
  const body = { email: ' New.Person@Example.test ', password: 'eight or more', name: 'New Person' };

  it('makes an account that can log in, whatever the case of the address', async () => {
    const registered = await ask('POST', at('/api/auth/register'), { body });
    expect(registered.status).toBe(201);
    const login = await ask('POST', at('/api/auth/login'), {
      body: { email: 'new.person@example.TEST', password: body.password },
    });
    expect(login.status).toBe(200);
    expect(login.body).toMatchObject({ customerId: registered.body['customerId'], role: 'customer' });
    expect(login.body['token']).toMatch(/^[\w-]{43}$/);
  });

  it('stores an argon2id hash and never the password', async () => {
    const [row] = await stage.rows<{ hash: string }>(
      `SELECT password_hash AS hash FROM customer WHERE email = 'new.person@example.test'`,
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('refuses an address that is taken', async () => {
    const answer = await ask('POST', at('/api/auth/register'), { body });
    expect([answer.status, problemOf(answer)]).toEqual([409, 'email-taken']);
  });

  it.each([
    ['body.email', { email: 'nobody' }],
    ['body.password', { password: 'short' }],
    ['body.name', { name: ' ' }],
    ['body.admin', { admin: true }],
  ])('names %s when it is wrong', async (field, change) => {
    const answer = await ask('POST', at('/api/auth/register'), {
      body: { ...body, email: 'other@example.test', ...change },
    });
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });
});

describe('log-in', () => {
  it.each([
    ['a wrong password', 'customer-1@example.test'],
    ['an unknown address', 'nobody@example.test'],
  ])('answers %s with the same 401', async (_what, email) => {
    const answer = await ask('POST', at('/api/auth/login'), { body: { email, password: 'wrong password' } });
    expect([answer.status, problemOf(answer)]).toEqual([401, 'wrong-credentials']);
    expect(answer.body['detail']).toBe('Check both and try again.');
  });

  it('turns a crowd away with 503 and Retry-After, and serves the rest', async () => {
    const body = { email: 'customer-2@example.test', password: 'wrong password' };
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask('POST', at('/api/auth/login'), { body })),
    );
    const served = answers.filter((answer) => answer.status === 401);
    const refused = answers.filter((answer) => answer.status === 503);
    expect(served.length + refused.length).toBe(40);
    expect(served.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(problemOf(answer)).toBe('busy');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });

  it('ends with the session', async () => {
    const { token } = await logIn(account.url, 'customer-3@example.test');
    expect((await ask('GET', at('/api/cart'), { token })).status).toBe(200);
    expect((await ask('DELETE', at('/api/auth/session'), { token })).status).toBe(204);
    const after = await ask('GET', at('/api/cart'), { token });
    expect([after.status, problemOf(after)]).toEqual([401, 'unauthenticated']);
  });

  it('ends when the session is too old', async () => {
    const { token, customerId } = await logIn(account.url, 'customer-4@example.test');
    await stage.rows('UPDATE session SET expires_at = NOW() - INTERVAL 1 SECOND WHERE customer_id = ?', [
      customerId,
    ]);
    expect((await ask('GET', at('/api/cart'), { token })).status).toBe(401);
  });

  it.each(['', 'Bearer', 'Bearer short', `Basic ${'a'.repeat(43)}`, `Bearer ${'a'.repeat(43)}`])(
    'does not take %j for a session',
    async (authorization) => {
      const answer = await ask('DELETE', at('/api/auth/session'), { headers: { authorization } });
      expect([answer.status, problemOf(answer)]).toEqual([401, 'unauthenticated']);
    },
  );
});

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
    const { token } = await logIn(account.url, 'customer-5@example.test');
    expect((await ask('GET', at('/api/cart'), { token })).body).toEqual({ seq: 0, items: [], totalCents: 0 });
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
    const customer = await logIn(account.url, 'customer-6@example.test');
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

describe('the frame', () => {
  it('keeps the caller’s request id, and makes one where it is missing or unfit', async () => {
    const kept = await ask('GET', at('/api/cart'), { headers: { 'x-request-id': 'abc-123' } });
    expect(kept.headers.get('x-request-id')).toBe('abc-123');
    const made = await ask('GET', at('/api/cart'), { headers: { 'x-request-id': 'a b' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('answers an unknown path, bad JSON and a large body with problems', async () => {
    const unknown = await ask('GET', at('/api/nothing'));
    expect([unknown.status, problemOf(unknown)]).toEqual([404, 'not-found']);
    const response = await fetch(at('/api/auth/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ type: 'urn:stormcart:problem:malformed-body' }),
    ]);
    const large = await ask('POST', at('/api/auth/login'), { body: { email: 'x'.repeat(20_000) } });
    expect([large.status, problemOf(large)]).toEqual([413, 'body-too-large']);
    const undecodable = await ask('PUT', at('/api/cart/items/%ff'));
    expect([undecodable.status, problemOf(undecodable)]).toEqual([400, 'invalid-request']);
  });

  it('serves probes and metrics by route pattern', async () => {
    expect((await fetch(at('/livez'))).status).toBe(200);
    expect((await fetch(at('/readyz'))).status).toBe(200);
    const metrics = await (await fetch(at('/metrics'))).text();
    expect(metrics).toContain('stormcart_http_request_duration_seconds_count{route="/api/cart/items/:sku"');
    expect(metrics).not.toContain('stormcart_breaker_state');
  });

  it('logs each request with its id and no secret', async () => {
    const { token } = await logIn(account.url, 'customer-7@example.test');
    await ask('GET', at('/api/cart'), { token, headers: { 'x-request-id': 'log-probe' } });
    await eventually(async () => (await account.log()).includes('log-probe'));
    const log = await account.log();
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find((line) => line['requestId'] === 'log-probe')).toMatchObject({
      service: 'account',
      instance: 1,
      method: 'GET',
      route: '/api/cart',
      status: 200,
    });
    expect(log).not.toContain(token);
    expect(log).not.toContain('correct horse');
    expect(log).not.toContain('$argon2id');
  });
});
