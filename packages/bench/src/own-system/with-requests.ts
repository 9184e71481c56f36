import type { SystemUnderTest } from '@stormcart/core';
import type { PlainRequests } from '../scenario/format/requests.ts';
import type { Feeds } from './feed/feed.ts';
import { plainJourneys } from './plain-journeys.ts';

/** The system with the scenario's own requests as journeys beside its own; no name may be taken already. */
export function withRequests(
  system: SystemUnderTest,
  requests: PlainRequests,
  feeds: Feeds,
): SystemUnderTest {
  const described = plainJourneys(requests, feeds).map(({ name, about, routes }) => ({
    name,
    about,
    routes,
  }));
  return {
    ...system,
    describe: (config) => {
      const description = system.describe(config);
      return { ...description, journeys: [...description.journeys, ...described] };
    },
    boot: async (config, context) => {
      const running = await system.boot(config, context);
      // Made anew for each drill: its feeds begin at their first records.
      return { ...running, journeys: [...running.journeys, ...plainJourneys(requests, feeds)] };
    },
  };
}
