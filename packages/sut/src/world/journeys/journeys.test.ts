import { describe, expect, it } from 'vitest';
import { CustomerPool } from './customer-pool.ts';
import { type Run, run } from './journey-run.ts';
import { journeyDescriptions } from './journeys.ts';

/** Everything that a visit chose. */
const textOf = ({ visit }: Run): string =>
  JSON.stringify(visit.requests.map(({ path, body, operation }) => [path, body, operation?.key]));

describe('every journey', () => {
  it.each(journeyDescriptions)(
    '$name asks only for its routes, and all is right in a healthy shop',
    async (kind) => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= 60; seed += 1) {
        const { routes, outcomes, visit } = await run(kind.name, undefined, { seed });
        for (const route of routes) seen.add(route);
        expect(routes.length).toBeGreaterThan(0);
        expect(new Set(outcomes)).toEqual(new Set(['ok']));
        expect(
          visit.requests.filter(({ method, operation }) => method !== 'GET' && operation === undefined),
        ).toEqual([]);
      }
      expect([...seen].toSorted()).toEqual([...kind.routes].toSorted());
    },
  );

  it.each(journeyDescriptions)('$name keeps passwords and tokens out of its operations', async ({ name }) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { visit } = await run(name, undefined, { seed });
      const kept = visit.requests.map(({ operation }) => ({
        ...operation,
        output: operation?.output?.(200, { token: 'secret-token', customerId: 17 }),
      }));
      expect(JSON.stringify(kept)).not.toMatch(/secret-token|correct horse|fresh paint/);
    }
  });

  it.each(journeyDescriptions)('$name makes the same choices for the same seed', async ({ name }) => {
    const first = await run(name, undefined, { seed: 9 });
    const second = await run(name, undefined, { seed: 9 });
    expect(textOf(first)).toBe(textOf(second));
  });

  it.each(['cart', 'checkout'])(
    '%s gives its customer back, also when the drill is over in mid-visit',
    async (name) => {
      const customers = new CustomerPool(1);
      await expect(
        run(
          name,
          ({ route }) => {
            if (route === 'cart-get') throw new Error('the drill is over');
            return undefined;
          },
          { customers },
        ),
      ).rejects.toThrow('the drill is over');
      const { routes } = await run(name, undefined, { customers });
      expect(routes.length).toBeGreaterThan(1);
    },
  );

  it.each(['cart', 'checkout'])('%s only logs in when every customer is in a visit', async (name) => {
    const { routes } = await run(name, undefined, { customers: new CustomerPool(0) });
    expect(routes).toEqual(['login']);
  });
});
