import type { Journey } from '@stormcart/core';
import { attacks } from './attacks.ts';
import type { PoisonSender } from './poison-sender.ts';
import type { GroundKeeper } from './prepare-ground.ts';

/** One in so many visits sends poison as well: the first soon, later ones in the midst of whatever is going on. */
const POISON_EVERY = 20;
const POISON_AT = 3;

/** The background visitor of every drill: one attack a visit, in turn. */
export function createProbes(ground: GroundKeeper, poison: PoisonSender): Journey {
  return {
    name: 'probes',
    about: 'Tries what nobody may do, faults or not, and sends messages that nobody can handle.',
    routes: ['probe', 'login', 'order-create'],
    run: async (visit) => {
      if (visit.arrival % POISON_EVERY === POISON_AT) await poison.send();
      const prepared = await ground.prepare(visit);
      const attack = attacks[visit.arrival % attacks.length];
      if (prepared !== undefined) await attack?.run(visit, prepared);
    },
  };
}
