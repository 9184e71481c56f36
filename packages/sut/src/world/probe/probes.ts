import type { Journey, Visit } from '@stormcart/core';
import { attacks } from './attacks.ts';
import type { PoisonSender } from './poison-sender.ts';
import type { GroundKeeper } from './prepare-ground.ts';

/** One in so many visits sends poison as well: the first soon, later ones in the midst of whatever is going on. */
const POISON_EVERY = 20;
const POISON_AT = 3;

/** Prices change now and then, also while people look. */
const REPRICE_EVERY = 4;

/** What the background visitor works with. */
export interface ProbeParts {
  readonly ground: GroundKeeper;
  readonly poison: PoisonSender;
  readonly reprice: (visit: Visit) => Promise<void>;
}

/** The background visitor of every drill: one attack a visit, in turn. */
export function createProbes({ ground, poison, reprice }: ProbeParts): Journey {
  return {
    name: 'probes',
    about: 'Tries what nobody may do, faults or not, sends poison to the queues, and has prices changed.',
    routes: ['probe', 'login', 'order-create'],
    run: async (visit) => {
      if (visit.arrival % POISON_EVERY === POISON_AT) await poison.send();
      if (visit.arrival % REPRICE_EVERY === 0) await reprice(visit);
      const prepared = await ground.prepare(visit);
      const attack = attacks[visit.arrival % attacks.length];
      if (prepared !== undefined) await attack?.run(visit, prepared);
    },
  };
}
