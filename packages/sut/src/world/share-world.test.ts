import { createRandom, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { Customer } from './journeys/customer.ts';
import { CustomerPool, probedCustomers, VISITING_CUSTOMERS } from './journeys/customer-pool.ts';
import { healthyShop } from './journeys/journey-run.ts';
import { createScriptedVisit } from './journeys/scripted-visit.ts';
import { createShareWorld, parseShareNews } from './share-world.ts';

function everybodyIn(pool: CustomerPool): readonly string[] {
  const random = createRandom(1);
  const emails: string[] = [];
  for (let one = pool.borrow(random); one instanceof Customer; one = pool.borrow(random)) {
    emails.push(one.email);
  }
  return emails;
}

it('has customers of its own in every share, and none whom the probes use', () => {
  const shares = [0, 1, 2].map((index) => everybodyIn(new CustomerPool(undefined, { index, of: 3 })));
  const all = [...shares.flat(), ...everybodyIn(probedCustomers())];
  expect(new Set(all).size).toBe(all.length);
  expect(shares.flat().length).toBe(VISITING_CUSTOMERS);
});

it('tells every secret and every cart once, and again what has changed', async () => {
  const clock = new ManualClock();
  const world = createShareWorld(clock, { index: 1, of: 2 });
  expect(world.news()).toBeUndefined();
  const cart = world.journeys.find(({ name }) => name === 'cart');
  const visit = async (seed: number): Promise<void> => {
    await cart?.run(
      createScriptedVisit(
        clock,
        healthyShop(() => undefined),
        seed,
      ),
    );
  };
  await visit(1);
  const first = parseShareNews(JSON.parse(JSON.stringify(world.news())));
  expect(first.secrets.map(([, kind]) => kind)).toContain('session token');
  expect(first.cartSeqs.length).toBe(1);
  expect(world.news()).toBeUndefined();
  for (let seed = 2; seed < 10; seed += 1) await visit(seed);
  const second = parseShareNews(JSON.parse(JSON.stringify(world.news())));
  const told = new Set(first.secrets.map(([spelling]) => spelling));
  expect(second.secrets.filter(([spelling]) => told.has(spelling))).toEqual([]);
  expect(second.cartSeqs.length).toBeGreaterThan(0);
});

it('does not take what it does not know', () => {
  expect(() => parseShareNews({ secrets: [['x', 'rumour']], cartSeqs: [] })).toThrow('made elsewhere');
});
