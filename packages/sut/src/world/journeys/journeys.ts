import type { Journey, JourneyDescription } from '@stormcart/core';
import { browse } from './browse.ts';
import { cart } from './cart.ts';
import { checkout } from './checkout.ts';
import { clientRetry } from './client-retry.ts';
import { duplicateSubmit } from './duplicate-submit.ts';
import { flashSale } from './flash-sale.ts';
import type { JourneyKind } from './journey-kind.ts';
import type { JourneyWorld } from './journey-world.ts';
import { register } from './register.ts';
import { search } from './search.ts';

/** Every journey of the shop, the most common first. */
const kinds: readonly JourneyKind[] = [
  browse,
  search,
  cart,
  checkout,
  register,
  flashSale,
  duplicateSubmit,
  clientRetry,
];

/** What a scenario's `load.mix` and a gate's `route` may name; known before anything is booted. */
export const journeyDescriptions: readonly JourneyDescription[] = kinds.map(({ name, about, routes }) => ({
  name,
  about,
  routes,
}));

/** The journeys of one running shop. */
export function createJourneys(world: JourneyWorld): readonly Journey[] {
  return kinds.map((kind) => ({
    name: kind.name,
    about: kind.about,
    routes: kind.routes,
    run: (visit) => kind.run(world, visit),
  }));
}
