import type { Visit } from '@stormcart/core';
import type { JourneyWorld } from './journey-world.ts';

/** One journey of the shop, not yet bound to a running one: its name, routes and texts are known before boot. */
export interface JourneyKind {
  readonly name: string;
  readonly about: string;
  /**
   * The routes it may request. The first is the one a visit usually begins with: what an arrival is booked on
   * that was never sent. For customers that is not `login`: nineteen in twenty come with a session.
   */
  readonly routes: readonly [string, ...string[]];
  run(world: JourneyWorld, visit: Visit): Promise<void>;
}
