import type { RequestSpec } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { countOf, firstRun, ORDER, type Run, run } from './journey-run.ts';
import { answer, problem, type Script, silence } from './scripted-visit.ts';
import { StockBound } from './stock-bound.ts';

const isTwice = ({ routes }: Run): boolean => countOf(routes, 'order-create') === 2;

const refuse = ({ route }: RequestSpec): ReturnType<Script> | undefined =>
  route === 'order-create' ? problem(409, 'out-of-stock') : undefined;

/** The shop says that the order ended so. */
const end =
  (status: string) =>
  ({ route }: RequestSpec): ReturnType<Script> | undefined =>
    route === 'order-get' ? answer(200, { ...ORDER, status }) : undefined;

describe('checkout', () => {
  it('goes from the cart to the paid order', async () => {
    const plain = await firstRun(
      (result) => !isTwice(result) && !result.routes.includes('shipment'),
      (seed) => run('checkout', undefined, { seed }),
    );
    expect(plain.routes).toEqual(['login', 'cart-put', 'cart-get', 'order-create', 'payment', 'order-get']);
    const create = plain.visit.requests[3];
    expect(create?.headers?.['idempotency-key']).toBe(create?.operation?.key);
    expect(create?.operation?.output?.(201, ORDER)).toEqual(ORDER);
  });

  it('sends a second click with the same key, and takes another answer for wrong', async () => {
    const twice = await firstRun(isTwice, (seed) => run('checkout', undefined, { seed }));
    const keys = twice.visit.requests
      .filter(({ route }) => route === 'order-create')
      .map(({ operation }) => operation?.key);
    expect(new Set(keys).size).toBe(1);
    const secondClick = twice.visit.requests.findLast(({ route }) => route === 'order-create');
    expect(secondClick?.expect(201, { ...ORDER, orderId: 'order-2' })).toBe(false);
    expect(secondClick?.expect(201, { ...ORDER, totalCents: 1 })).toBe(false);
    expect(secondClick?.expect(201, ORDER)).toBe(true);
  });

  it.each(['timeout', 'reset'] as const)('asks once more with the same key after a %s', async (outcome) => {
    const { visit, routes } = await run('checkout', ({ route }) =>
      route === 'order-create' ? silence(outcome) : undefined,
    );
    const creates = visit.requests.filter(({ route }) => route === 'order-create');
    expect(creates).toHaveLength(2);
    expect(creates[1]?.operation?.key).toBe(creates[0]?.operation?.key);
    expect(creates[1]?.body).toEqual(creates[0]?.body);
    expect(routes.at(-1)).toBe('order-create');
    expect(creates[1]?.expect(409, { type: 'urn:stormcart:problem:request-in-flight' })).toBe(true);
    expect(creates[0]?.expect(409, { type: 'urn:stormcart:problem:request-in-flight' })).toBe(false);
  });

  it('does not ask again when nothing was sent, nor after an error', async () => {
    for (const refusal of [silence('connectError'), problem(503, 'busy')]) {
      const { routes } = await run('checkout', ({ route }) =>
        route === 'order-create' ? refusal : undefined,
      );
      expect(countOf(routes, 'order-create')).toBe(1);
    }
  });

  it('takes "out of stock" for right only where as much was asked for', async () => {
    expect((await run('checkout', refuse)).outcomes.at(-1)).toBe('httpError');
    const soldOut = await run('checkout', refuse, { stock: new StockBound(0) });
    expect(soldOut.outcomes.at(-1)).toBe('ok');
    expect(soldOut.routes.at(-1)).toBe('order-create');
  });

  it('waits for the payment while patience lasts, then takes PAYING for wrong', async () => {
    const { routes, outcomes } = await run('checkout', ({ route }) =>
      route === 'order-get' ? answer(200, { ...ORDER, status: 'PAYING' }) : undefined,
    );
    expect(countOf(routes, 'order-get')).toBeGreaterThan(3);
    expect(outcomes.at(-1)).toBe('httpError');
    expect(outcomes.slice(0, -1)).not.toContain('httpError');
  });

  it('takes a cancelled order for right only if the bank refused, and a paid one only if it did not', async () => {
    expect((await run('checkout', end('CANCELLED'))).outcomes.at(-1)).toBe('httpError');
    expect((await run('checkout', end('CANCELLED'), { wasDeclined: true })).outcomes.at(-1)).toBe('ok');
    expect((await run('checkout', end('PAID'), { wasDeclined: true })).outcomes.at(-1)).toBe('httpError');
    expect((await run('checkout', end('RESERVED'))).outcomes.at(-1)).toBe('httpError');
  });

  it('has the clerk ship some paid orders, and never a cancelled one', async () => {
    const shipped = await firstRun(
      ({ routes }) => routes.includes('shipment'),
      (seed) => run('checkout', undefined, { seed }),
    );
    const clerkLogin = shipped.visit.requests.filter(({ route }) => route === 'login').at(-1);
    expect(clerkLogin?.body).toMatchObject({ email: 'clerk@example.test' });
    for (let seed = 1; seed <= 40; seed += 1) {
      const { routes } = await run(
        'checkout',
        ({ route }) => (route === 'order-get' ? answer(200, { ...ORDER, status: 'CANCELLED' }) : undefined),
        { seed, wasDeclined: true },
      );
      expect(routes).not.toContain('shipment');
    }
  });
});
