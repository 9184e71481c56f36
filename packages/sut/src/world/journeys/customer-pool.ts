import type { Random } from '@stormcart/core';
import { CLERK_EMAIL, SEED_PASSWORD, seedCustomerEmail } from '../../schema/install-shop.ts';
import { Customer } from './customer.ts';

/** How many customers the shop is seeded with, numbered from 1. */
export const SEEDED_CUSTOMERS = 500;

/**
 * Most visitors come with a session from last time. The rest log in, which keeps some password hashing in
 * the load: an argon2id check costs the shop more than twenty product pages. At one in twenty, and carts and
 * checkouts being 15 % of the visits, logins stay under 1 % of the requests: p99 then speaks of the shop's pages.
 */
const RETURNING_SHARE = 0.95;

/** Lends the seeded customers to visits, each to one at a time, so that their carts and sequences are their own. */
export class CustomerPool {
  readonly #all: readonly Customer[];
  readonly #strangers: Customer[];
  readonly #returning: Customer[] = [];
  /** Ships paid orders. Shared by visits: the clerk has no cart. */
  readonly clerk = new Customer(CLERK_EMAIL, SEED_PASSWORD);

  constructor(size = SEEDED_CUSTOMERS) {
    this.#all = Array.from({ length: size }, (_, index) => seededCustomer(index + 1));
    this.#strangers = [...this.#all];
  }

  /** Undefined when every customer is in a visit. */
  borrow(random: Random): Customer | undefined {
    const prefersReturning = random.chance(RETURNING_SHARE);
    const lists = prefersReturning ? [this.#returning, this.#strangers] : [this.#strangers, this.#returning];
    const list = lists.find((candidates) => candidates.length > 0);
    return list === undefined ? undefined : takeAny(list, random);
  }

  giveBack(customer: Customer): void {
    (customer.session === undefined ? this.#strangers : this.#returning).push(customer);
  }

  /** By customer id, for those who ever changed their cart: up to where their carts must settle. */
  cartSeqs(): ReadonlyMap<number, number> {
    const seqs = new Map<number, number>();
    for (const { customerId, acknowledgedSeq } of this.#all) {
      if (customerId !== undefined && acknowledgedSeq > 0) seqs.set(customerId, acknowledgedSeq);
    }
    return seqs;
  }
}

/** A customer of the seed by number, from 1, as a stranger. */
export function seededCustomer(number: number): Customer {
  return new Customer(seedCustomerEmail(number), SEED_PASSWORD);
}

/** Removes one at random by putting the last in its place. */
function takeAny(list: Customer[], random: Random): Customer | undefined {
  const index = random.integer(0, list.length - 1);
  const taken = list[index];
  const last = list.pop();
  if (last !== undefined && last !== taken) list[index] = last;
  return taken;
}
