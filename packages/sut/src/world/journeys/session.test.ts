import { describe, expect, it } from 'vitest';
import { CustomerPool } from './customer-pool.ts';
import { countOf, run } from './journey-run.ts';
import { problem } from './scripted-visit.ts';

describe('sessions', () => {
  it('log in once, and are remembered until the next visit', async () => {
    const customers = new CustomerPool(1);
    const first = await run('cart', undefined, { customers });
    const second = await run('cart', undefined, { customers, seed: 2 });
    expect(countOf(first.routes, 'login')).toBe(1);
    expect(first.routes[0]).toBe('login');
    expect(second.routes[0]).toBe('cart-put');
    expect(second.visit.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret-token' });
  });

  it('are opened once more when the shop forgot them, with the same operation', async () => {
    let refusals = 0;
    const { routes, visit } = await run('cart', ({ route }) => {
      if (route !== 'cart-put' || refusals > 0) return undefined;
      refusals += 1;
      return problem(401, 'unauthenticated');
    });
    expect(routes.slice(0, 4)).toEqual(['login', 'cart-put', 'login', 'cart-put']);
    expect(visit.requests[3]?.operation?.key).toBe(visit.requests[1]?.operation?.key);
  });

  it('end the visit when logging in does not work', async () => {
    const { routes } = await run('checkout', ({ route }) =>
      route === 'login' ? problem(401, 'no') : undefined,
    );
    expect(routes).toEqual(['login']);
  });
});
