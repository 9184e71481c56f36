import type { RequestSpec } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { ACTION } from '../operation/shop-operation.ts';
import { CustomerPool } from './customer-pool.ts';
import { countOf, run } from './journey-run.ts';
import { PATIENCE_MS } from './patience.ts';
import { answer, problem, type Script, silence } from './scripted-visit.ts';

describe('cart', () => {
  it('counts its operations on, also after one without an answer', async () => {
    const customers = new CustomerPool(1);
    await run('cart', ({ route }) => (route === 'cart-put' ? silence() : undefined), { customers });
    const { visit } = await run('cart', undefined, { customers, seed: 3 });
    const put = visit.requests.find(({ route }) => route === 'cart-put');
    expect(put?.operation).toMatchObject({ action: ACTION.cartPut, input: { customerId: 17, seq: 2 } });
    expect(customers.cartSeqs().get(17)).toBeGreaterThanOrEqual(2);
  });

  it('remembers no more than was acknowledged', async () => {
    const customers = new CustomerPool(1);
    await run('cart', ({ route }) => (route === 'cart-put' ? problem(503, 'not-confirmed') : undefined), {
      customers,
    });
    expect(customers.cartSeqs().size).toBe(0);
  });

  it('takes "not settled" for right while patience lasts, then for wrong, and stops asking', async () => {
    const { routes, outcomes, clock } = await run('cart', ({ route }) =>
      route === 'cart-get' ? problem(409, 'cart-unsettled') : undefined,
    );
    expect(countOf(routes, 'cart-get')).toBeGreaterThan(3);
    expect(outcomes.slice(0, -1)).not.toContain('httpError');
    expect(outcomes.at(-1)).toBe('httpError');
    expect(clock.now()).toBeGreaterThan(PATIENCE_MS);
    expect(clock.now()).toBeLessThanOrEqual(PATIENCE_MS + 1_000);
  });

  it('takes a cart that is older than its operation for wrong', async () => {
    const { outcomes } = await run('cart', ({ route }) =>
      route === 'cart-get' ? answer(200, { seq: 0, items: [], totalCents: 0 }) : undefined,
    );
    expect(outcomes.at(-1)).toBe('httpError');
  });

  it('takes something out when five products are in', async () => {
    const customers = new CustomerPool(1);
    const items = [1, 2, 3, 4, 5].map((sku) => ({ sku, quantity: 1 }));
    const full = ({ route }: RequestSpec): ReturnType<Script> | undefined =>
      route === 'cart-get' ? answer(200, { seq: 99, items, totalCents: 1 }) : undefined;
    await run('cart', full, { customers });
    const { visit } = await run('cart', full, { customers });
    expect(visit.requests[0]?.operation?.input).toMatchObject({ quantity: 0 });
  });
});
