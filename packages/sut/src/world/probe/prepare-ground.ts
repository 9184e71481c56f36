import { randomBytes } from 'node:crypto';
import type { Visit } from '@stormcart/core';
import { CATALOGUE_SIZE } from '../journeys/catalogue-choice.ts';
import { Customer } from '../journeys/customer.ts';
import type { JourneyWorld } from '../journeys/journey-world.ts';
import { submitItems } from '../journeys/order-steps.ts';
import { randomUuid } from '../journeys/random-uuid.ts';
import { signIn } from '../journeys/session.ts';
import type { ProbeGround } from './attack.ts';
import { type GuardedAccount, guardAccount } from './guarded-account.ts';

/** Stores a session of this customer that has expired; rejects when the database cannot be reached. */
export type ExpireSession = (token: string, customerId: number) => Promise<void>;

/** Keeps what was prepared; a shop that was in a fault is asked again with the next visit. */
export interface GroundKeeper {
  /** Undefined while there is none: the shop did not let anybody in, or takes no orders. */
  prepare(visit: Visit): Promise<ProbeGround | undefined>;
}

const TOKEN_BYTES = 32;

interface People {
  readonly attacker: Customer;
  readonly victim: Customer;
  /** Has an authenticator app: no journey could log in with the password alone any more. */
  readonly guarded: Customer;
}

/** Takes three of the seeded customers for the whole drill; their carts stay as they are. */
export function createGroundKeeper(world: JourneyWorld, expireSession: ExpireSession): GroundKeeper {
  let people: People | undefined;
  let account: GuardedAccount | undefined;
  let order: { readonly key: string; readonly sku: number; id: string | undefined } | undefined;
  let expired: string | undefined;
  return {
    prepare: async (visit) => {
      people ??= borrowPeople(world, visit);
      if (people === undefined) return undefined;
      const { attacker, victim, guarded } = people;
      const attackerSession = attacker.session ?? (await signIn(visit, attacker));
      const victimSession = victim.session ?? (await signIn(visit, victim));
      if (attackerSession === undefined || victimSession === undefined) return undefined;
      // The same key until it is answered: one order, however often the shop has to be asked.
      order ??= {
        key: randomUuid(visit.random),
        sku: visit.random.integer(1, CATALOGUE_SIZE),
        id: undefined,
      };
      order.id ??= (await submitItems(world, visit, victim, order))?.orderId;
      if (order.id === undefined) return undefined;
      return {
        attacker: attackerSession,
        victim: victimSession,
        victimOrderId: order.id,
        openSession: async (next) => {
          const { email, password } = attacker;
          return (await signIn(next, new Customer(email, password)))?.token;
        },
        expiredToken: async () => {
          const token = expired ?? randomBytes(TOKEN_BYTES).toString('base64url');
          if (expired === undefined) {
            // Not now: the fault may be the database's.
            const isStored = await expireSession(token, attackerSession.customerId).then(
              () => true,
              () => false,
            );
            if (!isStored) return undefined;
          }
          expired = token;
          return expired;
        },
        guardedAccount: async (next) => {
          account ??= await guardAccount(next, guarded, world.clock);
          return account;
        },
      };
    },
  };
}

function borrowPeople({ customers }: JourneyWorld, visit: Visit): People | undefined {
  const borrowed = Array.from({ length: 3 }, () => customers.borrow(visit.random));
  const [attacker, victim, guarded] = borrowed;
  if (attacker !== undefined && victim !== undefined && guarded !== undefined) {
    return { attacker, victim, guarded };
  }
  for (const customer of borrowed) if (customer !== undefined) customers.giveBack(customer);
  return undefined;
}
