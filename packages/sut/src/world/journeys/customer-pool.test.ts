import { createRandom } from '@stormcart/core';
import { expect, it } from 'vitest';
import type { Customer } from './customer.ts';
import { CustomerPool } from './customer-pool.ts';

it('lends each customer to one visit at a time', () => {
  const pool = new CustomerPool(50);
  const random = createRandom(1);
  const lent = Array.from({ length: 50 }, () => pool.borrow(random));
  expect(new Set(lent.map((customer) => customer?.email)).size).toBe(50);
  expect(pool.borrow(random)).toBeUndefined();
});

it('sends mostly customers with a session, and now and then a stranger', () => {
  const pool = new CustomerPool(500);
  const random = createRandom(1);
  let loginCount = 0;
  for (let visit = 0; visit < 1_000; visit += 1) {
    const customer = pool.borrow(random) as Customer;
    if (customer.session === undefined) {
      loginCount += 1;
      customer.openSession({ customerId: visit + 1, token: 't' });
    }
    pool.giveBack(customer);
  }
  expect(loginCount).toBeGreaterThan(20);
  expect(loginCount).toBeLessThan(100);
});

it('knows how far carts must settle of customers whose session is gone', () => {
  const pool = new CustomerPool(1);
  const customer = pool.borrow(createRandom(1)) as Customer;
  customer.openSession({ customerId: 17, token: 't' });
  customer.acknowledge(customer.nextSeq());
  customer.forgetSession();
  pool.giveBack(customer);
  expect([...pool.cartSeqs()]).toEqual([[17, 1]]);
});
