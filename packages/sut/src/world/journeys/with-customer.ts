import type { Visit } from '@stormcart/core';
import type { Customer } from './customer.ts';
import { seededCustomer, VISITING_CUSTOMERS } from './customer-pool.ts';
import type { JourneyWorld } from './journey-world.ts';
import { signIn } from './session.ts';

/**
 * Runs a visit of one seeded customer, who is nobody else's meanwhile. When all of them are in a visit, the
 * visitor only logs in, on a second device as it were: an arrival always asks for something, and never
 * touches a cart that another visit is working on.
 */
export async function withCustomer(
  world: JourneyWorld,
  visit: Visit,
  run: (customer: Customer) => Promise<void>,
): Promise<void> {
  const customer = world.customers.borrow(visit.random);
  if (customer === undefined) {
    await signIn(visit, seededCustomer(visit.random.integer(1, VISITING_CUSTOMERS)));
    return;
  }
  try {
    await run(customer);
  } finally {
    world.customers.giveBack(customer);
  }
}
