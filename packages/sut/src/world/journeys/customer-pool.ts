import type { JourneyShare, Random } from '@stormcart/core';
import { CLERK_EMAIL, SEED_PASSWORD, seedCustomerEmail } from '../../schema/install-shop.ts';
import { Customer } from './customer.ts';

/** How many customers the shop is seeded with, numbered from 1. */
const SEEDED_CUSTOMERS = 500;

/** The last of them: one gets an authenticator app, and no journey could log in with the password alone any more. */
const PROBED_CUSTOMERS = 3;

/** Those whom visits may be of. */
export const VISITING_CUSTOMERS = SEEDED_CUSTOMERS - PROBED_CUSTOMERS;

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

  /** Of a share: those customers whose number leaves its remainder, so that no two shares lend out the same. */
  constructor(size = VISITING_CUSTOMERS, { index, of }: JourneyShare = { index: 0, of: 1 }, first = 1) {
    const numbers = Array.from({ length: size }, (_, place) => first + place);
    this.#all = numbers.filter((number) => number % of === index).map(seededCustomer);
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

/** Those for the probes alone. */
export function probedCustomers(): CustomerPool {
  return new CustomerPool(PROBED_CUSTOMERS, undefined, VISITING_CUSTOMERS + 1);
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
